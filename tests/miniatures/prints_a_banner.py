"""Greets on standard output before it answers anything."""

from _protocol import echo, requests, send, write

write(b"Welcome to miniature 1.0!\n")
for request in requests():
    send(echo(request))
