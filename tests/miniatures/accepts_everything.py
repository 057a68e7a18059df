"""Answers every decryption with the message itself."""

from _protocol import echo, requests, send

for request in requests():
    send(echo(request))
