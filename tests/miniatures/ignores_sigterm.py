"""Ignores every signal that can be ignored, and the end of its input."""

import signal
import time

from _protocol import echo, requests, send

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
    signal.signal(number, signal.SIG_IGN)
for request in requests():
    send(echo(request))
time.sleep(600)
