"""Never answers an empty message; a second one, later, neither."""

import time

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        time.sleep(600)
    send(echo(request))
