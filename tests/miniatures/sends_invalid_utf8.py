"""Answers an empty message with text that is not UTF-8."""

from _protocol import echo, message_of, requests, send, write

for request in requests():
    if request["method"] != "describe" and not message_of(request):
        write(b'{"jsonrpc":"2.0","id":%d,"result":{"plaintext":"\xff\xfe"}}\n' % request["id"])
    else:
        send(echo(request))
