"""Closes its standard input at an empty message and lives on."""

import os
import time

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        os.close(0)
        time.sleep(600)
    send(echo(request))
