"""What the miniature implementations share: reading requests, writing answers. Standard library only."""

import json
import os
import sys

DESCRIPTION = {
    "protocol": 1,
    "name": "miniature",
    "version": "1",
    "methods": {"aes128gcm.decrypt": {"params": ["chunk_size"]}, "aes128gcm.encrypt": {"params": []}},
}


def lines():
    """The lines on standard input, until it closes."""
    while line := sys.stdin.buffer.readline():
        yield line


def requests():
    """The requests on standard input, those of batches one by one."""
    for line in lines():
        message = json.loads(line)
        yield from message if isinstance(message, list) else [message]


def write(octets):
    """Octets on standard output, at once."""
    while octets:
        octets = octets[os.write(1, octets) :]


def success(request, **result):
    return {"jsonrpc": "2.0", "id": request["id"], "result": result}


def failure(request, code, message="", **data):
    return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": code, "message": message, "data": data}}


def send(answer):
    write(json.dumps(answer).encode() + b"\n")


def echo(request):
    """What a well-behaved miniature answers: the message as the plaintext."""
    if request["method"] == "describe":
        return success(request, **DESCRIPTION)
    if request["method"] == "aes128gcm.decrypt":
        return success(request, plaintext=request["params"]["message"])
    if request["method"] == "aes128gcm.encrypt":
        return success(request, message=request["params"]["plaintext"])
    return failure(request, -32601, "method not found")


def message_of(request):
    return request.get("params", {}).get("message", "")
