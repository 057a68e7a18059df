"""Dies by a signal on an empty message."""

import os
import signal

from _protocol import echo, message_of, requests, send

for request in requests():
    if request["method"] == "aes128gcm.decrypt" and not message_of(request):
        os.write(2, b"about to crash\n")
        os.kill(os.getpid(), signal.SIGSEGV)
    send(echo(request))
