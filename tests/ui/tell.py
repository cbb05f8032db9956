# SPDX-License-Identifier: Apache-2.0
# usage: tell.py PROGRAM ARGUMENT...     Starts the program with a socket for standard input, as the agent does, and tells it the line that it reads
# itself; the end instead of a line only closes the socket. Prints "ended STATUS".
import socket
import subprocess
import sys

ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
process = subprocess.Popen(sys.argv[1:], stdin=theirs)
theirs.close()
line = sys.stdin.readline().strip()
if line:
    ours.send(line.encode())
ours.close()
print("ended", process.wait(), flush=True)
