"""Describes itself; at the first other request it stops reading."""

import time

from _protocol import echo, requests, send

for request in requests():
    if request["method"] != "describe":
        time.sleep(600)
    send(echo(request))
