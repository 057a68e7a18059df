"""Talks a lot on standard error, which is its own."""

import sys

from _protocol import echo, requests, send

for request in requests():
    print("debug:", request["method"], "{not json", file=sys.stderr, flush=True)
    send(echo(request))
