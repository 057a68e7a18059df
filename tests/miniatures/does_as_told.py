"""Does what the first letter of the message says; takes batches of the size it is started with."""

import base64
import json
import os
import sys
import time

from _protocol import DESCRIPTION, echo, failure, lines, message_of, send, success, write


def answers(request):
    if request["method"] == "describe":
        return [success(request, **DESCRIPTION, batch=int(sys.argv[1]))]
    text = message_of(request)
    letter = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[:1]
    if letter == b"c":
        os._exit(3)
    if letter == b"k":
        os.kill(os.getpid(), 9)
    if letter == b"h":
        time.sleep(600)
    if letter == b"n":
        write(b"noise before the answer\n")
    if letter == b"m":
        return [success(request)]
    if letter == b"r":
        return [failure(request, 1)]
    return [echo(request)] * (2 if letter == b"t" else 1)


for line in lines():
    message = json.loads(line)
    if isinstance(message, list):
        send([answer for request in message for answer in answers(request)])
    else:
        for answer in answers(message):
            send(answer)
