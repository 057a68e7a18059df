"""Answers a message that begins with `dHdpY2` ("twice") twice, the second time after the seconds it is started with."""

import sys
import time

from _protocol import echo, message_of, requests, send

for request in requests():
    send(echo(request))
    if message_of(request).startswith("dHdpY2"):
        time.sleep(float(sys.argv[1]))
        send(echo(request))
