"""Answers with the line that the message holds, `{id}` in it replaced."""

import base64

from _protocol import echo, message_of, requests, send, write

for request in requests():
    if request["method"] == "aes128gcm.decrypt":
        text = message_of(request)
        line = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        write(line.replace(b"{id}", b"%d" % request["id"]) + b"\n")
    else:
        send(echo(request))
