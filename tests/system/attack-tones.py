# SPDX-License-Identifier: Apache-2.0
# See attack-tones, which makes the world. With "write" it makes the sounds, for the station's microphone and the PC's.
import sys

from stranger import (KEYS, WORLD, Ordered, attack, await_line, check, count_lines, from_ulaw, keys_in, mark, press, pulses, read_wav,
                      receive, to_ulaw, tones, write_wav)

CODE = "4711"
SAID = CODE + "#" + KEYS + CODE + "#"
ALL = set(KEYS)
OPENS = set(CODE + "#") # the keys that would open something here
TIMES = 3 # how often everything is said, at least

if sys.argv[1:2] == ["write"]:
    write_wav(sys.argv[2], tones(SAID, 16000), 16000)
    write_wav(sys.argv[3], tones(SAID, 48000), 48000)
    sys.exit(0)

from phone import Phone # pylint: disable=wrong-import-position


def nothing(text):
    moved = {name: pulses(name) for name in ("door", "gate", "light") if pulses(name)}
    check(not moved, f"tones {text} moved {moved}")
    check(count_lines("station", "refused output|command ") == 0, f"tones {text} were taken for keys")


class Kitchen(Phone):
    """It says the tones for as long as it hears: a packet for each that comes, so that no clock is needed."""

    said, told = [], 0

    def pass_time(self):
        packet, _ = receive(self.audio, 10)
        check(packet is not None, "the phone hears nothing")
        if packet[1] & 0x7f == 0:
            self.samples += [from_ulaw(octet) for octet in packet[12:]]
        if self.said:
            part = [self.said[(self.told + i) % len(self.said)] for i in range(160)]
            self.told += 160
            self.say(bytes(to_ulaw(sample) for sample in part))


kitchen = Kitchen("kitchen", "kitchen")
check(kitchen.register()[0] == 200, "the phone could not register")

# The phone answers, and says all tones; the visitor does, too.
start = mark("station")
kitchen.samples, kitchen.said = [], tones(SAID, 8000)
press()
kitchen.ring()
kitchen.preview()
kitchen.answer()
await_line("station", "talks with", start)
while kitchen.told < TIMES * len(kitchen.said):
    kitchen.pass_time()
heard = keys_in(kitchen.samples, 8000)
check(heard >= ALL, f"the phone hears only {sorted(heard)} of the visitor's tones")
nothing("at the microphone")
attack("tones-at-the-microphone")
heard = keys_in(*read_wav(f"{WORLD}/station/speaker.wav", 6))
check(heard >= ALL, f"only {sorted(heard)} of the phone's tones are heard at the door")
nothing("of a phone")
attack("tones-of-a-phone")

# Its keys do open, while the tones go on.
kitchen.keys(CODE)
for _ in range(50):
    kitchen.pass_time()
await_line("station", "door actuated, phone Kitchen", start)
check(pulses("door") == 1 and pulses("gate") == 0 and pulses("light") == 0, "the genuine keys moved something else")
start = mark("station")
kitchen.hang_up()
await_line("station", "visit .*ended", start)

# A PC answers, and its user's room is full of tones.
start, at_pc = mark("station"), mark("monitor")
press()
await_line("monitor", '"state" ?: ?"(ringing|previewing)"', at_pc)
with Ordered("answer"):
    pass
await_line("station", "talks with", start)
# A PC cleans its microphone's sound, and now and then a tone of 100 ms with it: those that would open must come through.
heard, before = set(), len(read_wav(f"{WORLD}/station/speaker.wav", 3600)[0])
while not heard >= OPENS:
    samples, rate = read_wav(f"{WORLD}/station/speaker.wav", 3600)
    check(len(samples) - before < 60 * rate, f"only {sorted(heard)} of the PC's tones are heard at the door")
    heard |= keys_in(samples[before:][-rate:], rate)
check(pulses("door") == 1 and pulses("gate") == 0 and pulses("light") == 0, "tones of a PC opened")
with Ordered("hangup"):
    pass
attack("tones-of-a-pc")
