"""Says that it takes batches, and answers them with one error for all."""

import json

from _protocol import DESCRIPTION, echo, lines, send, success

for line in lines():
    message = json.loads(line)
    if isinstance(message, list):
        send({"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Invalid Request"}})
    elif message["method"] == "describe":
        send(success(message, **DESCRIPTION, batch=64))
    else:
        send(echo(message))
