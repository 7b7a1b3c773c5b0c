"""What the codec's tests do with it: write and look, read and look."""

import json
from typing import Any

from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from bff.contract.json_text import parse

STRICT = Codec()
OMIT = Codec(JsonOptions(defaults="omit"))


def shown(message: Any, codec: Codec = OMIT) -> Any:
    """The JSON that is written, as Python values."""
    return json.loads(codec.write(message))


def read(kind: Any, text: str, codec: Codec = STRICT) -> Any:
    """The message of that class that the JSON text is read into."""
    message = kind()
    codec.fill(message, parse(text.encode()))
    return message
