"""Prints a debugging line on standard output after it has answered an empty message."""

from _protocol import echo, message_of, requests, send, write

for request in requests():
    send(echo(request))
    if request["method"] != "describe" and not message_of(request):
        write(b"DEBUG: derived \x1b[31mkey\x1b[0m\n")
