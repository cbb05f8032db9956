# SPDX-License-Identifier: Apache-2.0
# A SIP phone of one's own, with RTP: what the attacks on phones are played with. The secret of USER is "the-secret-of-the-USER".
from stranger import (Caller, Stream, address_of, authorization, check, port_in, receive, sdp, status_of, token, udp)

DOOR = address_of("door")
SIP = (DOOR, 5060)
REGISTRAR = f"sip:{DOOR}"


def secret_of(user):
    return f"the-secret-of-the-{user}"


class Phone(Caller):
    def __init__(self, user, host):
        super().__init__(host, SIP, user=user)
        self.audio, self.video = udp(host), udp(host)
        self.stream = Stream()

    def register(self, secret=None, contact=None, more="", user=None, expires=120):
        """The status of the last answer, and the answer to the first try."""
        user, call_id = user or self.user, token()
        names = f"From: <sip:{user}@{DOOR}>;tag={token()}\r\nTo: <sip:{user}@{DOOR}>\r\nCall-ID: {call_id}\r\nExpires: {expires}\r\n{more}"
        first = self.exchange(self.start("REGISTER", REGISTRAR, contact) + names + self.body(), "REGISTER")
        if status_of(first) != 401:
            return status_of(first), first
        value = authorization(first, "REGISTER", REGISTRAR, user, secret or secret_of(user))
        return status_of(self.exchange(self.start("REGISTER", REGISTRAR, contact) + names + value + self.body(), "REGISTER")), first

    def sdp(self, **how):
        return sdp(self.address, self.audio.getsockname()[1], self.video.getsockname()[1], **how)

    def ring(self):
        self.invite = self.new_invite()
        self.dialog_of(self.invite)
        self.there = (DOOR, port_in(self.invite, "audio"))

    def preview(self):
        self.reply(self.invite, 183, self.sdp())
        check(receive(self.video, 10)[0] is not None, f"{self.user} sees no picture")

    def answer(self, **how):
        self.reply(self.invite, 200, how.pop("body", self.sdp()), **how)
        self.expect("ACK ")
        check(receive(self.audio, 10)[0] is not None, f"{self.user} hears nothing")

    def offers(self, direction):
        """An offer inside the call, tried again when the other side is busy with one."""
        statuses = []
        while len(statuses) < 8 and 200 not in statuses:
            statuses.append(status_of(self.ask("INVITE", self.sdp(direction=direction))))
        check(200 in statuses, f"an offer of {self.user} is answered {statuses}")

    def keys(self, digits, duration=640, sender=None):
        for digit in digits:
            for packet in self.stream.press(digit, duration):
                (sender or self.audio).sendto(packet, self.there)

    def hears(self, packets):
        """The next ones of the door's sound, 20 ms each: whoever follows them keeps the pace of the talk."""
        while receive(self.audio, 0)[0] is not None:
            pass
        for _ in range(packets):
            check(receive(self.audio, 10)[0] is not None, f"{self.user} hears nothing")

    def say(self, octets=b"\xff" * 160):
        self.audio.sendto(self.stream.sound(octets), self.there)

    def hang_up(self):
        check(status_of(self.ask("BYE")) == 200, f"{self.user} could not hang up")
