"""Starts the first time only: the file named on its command line is its memory. Dies on an empty message."""

import os
import sys

from _protocol import echo, message_of, requests, send

try:
    os.close(os.open(sys.argv[1], os.O_CREAT | os.O_EXCL))
except FileExistsError:
    sys.exit("the database is locked")
for request in requests():
    if request["method"] != "describe" and not message_of(request):
        os._exit(5)
    send(echo(request))
