"""Answers batches, each on a line, backwards. Dies of a batch or request with an empty message."""

import json
import os

from _protocol import DESCRIPTION, echo, lines, message_of, send, success

for line in lines():
    message = json.loads(line)
    batch = message if isinstance(message, list) else [message]
    answers = []
    for request in reversed(batch):
        if request["method"] == "describe":
            answers.append(success(request, **DESCRIPTION, batch=16))
            continue
        if not message_of(request):
            os._exit(6)
        answers.append(echo(request))
    send(answers if isinstance(message, list) else answers[0])
