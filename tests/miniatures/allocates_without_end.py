"""Fills memory when it is sent an empty message."""

import time

from _protocol import echo, message_of, requests, send

hoard = []
for request in requests():
    while request["method"] != "describe" and not message_of(request):
        hoard.append(bytearray(b"x" * (8 << 20)))
        time.sleep(0.005)
    send(echo(request))
