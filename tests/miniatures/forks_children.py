"""Forks sleeping children that hold its pipes open with each `describe`; at an empty message one more, and exits."""

import os
import sys
import time

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        if os.fork() == 0:
            time.sleep(600)
        os._exit(4)
    if request["method"] == "describe":
        for _ in range(int(sys.argv[1])):
            if os.fork() == 0:
                time.sleep(600)
    send(echo(request))
