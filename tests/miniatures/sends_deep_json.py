"""Answers an empty message with JSON that is nested very deep."""

from _protocol import echo, message_of, requests, send, write

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        deep = b"[" * 100_000 + b"]" * 100_000
        write(b'{"jsonrpc":"2.0","id":%d,"result":{"plaintext":%b}}\n' % (request["id"], deep))
    else:
        send(echo(request))
