"""Writes 4 MB to standard error with every decryption, then crashes on an empty message."""

import os

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] != "describe":
        for number in range(64):
            os.write(2, b"%060d\n" % number * 1000)
        if not message_of(request):
            os.write(2, b"the very last words\n")
            os._exit(3)
    send(echo(request))
