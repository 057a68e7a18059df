"""Forks and forks when it is sent an empty message."""

import os
import time

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        for _ in range(30):
            if os.fork() == 0:
                time.sleep(600)
        time.sleep(600)
    send(echo(request))
