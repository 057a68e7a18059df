"""Answers a batch without its last request."""

import json

from _protocol import DESCRIPTION, echo, lines, send, success

for line in lines():
    message = json.loads(line)
    if isinstance(message, list):
        send([echo(request) for request in message[:-1]])
    elif message["method"] == "describe":
        send(success(message, **DESCRIPTION, batch=64))
    else:
        send(echo(message))
