"""Answers an empty message an octet at a time, for ever."""

import time

from _protocol import echo, message_of, requests, send, write

for request in requests():
    while request["method"] != "describe" and not message_of(request):
        write(b" ")
        time.sleep(0.01)
    send(echo(request))
