"""Answers an empty message with a correct answer of many megabytes."""

from _protocol import echo, message_of, requests, send, success

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        send(success(request, plaintext="A" * (8 << 20)))
    else:
        send(echo(request))
