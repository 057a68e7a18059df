"""Takes a third of a second before it reads anything."""

import time

from _protocol import echo, requests, send

time.sleep(0.3)
for request in requests():
    send(echo(request))
