"""Answers an empty message under an id that nobody asked."""

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        request["id"] += 1_000_000
    send(echo(request))
