"""Answers every request twice, `describe` too."""

from _protocol import echo, requests, send

for request in requests():
    send(echo(request))
    send(echo(request))
