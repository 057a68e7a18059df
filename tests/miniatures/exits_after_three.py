"""Answers three decryptions, then exits as if all were well."""

from _protocol import echo, requests, send

answered = 0
for request in requests():
    send(echo(request))
    answered += request["method"] == "aes128gcm.decrypt"
    if answered == 3:
        break
