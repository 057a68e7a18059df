"""Answers an empty message with millions of empty arrays."""

from _protocol import echo, message_of, requests, send, write

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        write(b'{"jsonrpc":"2.0","id":%d,"result":{"plaintext":[' % request["id"] + b"[]," * 1_500_000 + b"[]]}}\n")
    else:
        send(echo(request))
