"""FieldMask between its paths (snake_case) and its JSON text (lowerCamel, with commas), both ways.

Called by scalars (re-exports the reader), write_known, read_known.
Never     passes a path that would come back as another one.
Source    google/protobuf/field_mask.proto ("JSON Encoding of Field Masks");
          docs/spec/transcoding.md PJ13; docs/spec/bad-input.md row 80.
"""

import re
from collections.abc import Iterable

from bff.contract.codec.wrong import Wrong

_NAME = r"[a-z][a-zA-Z0-9]*"
_JSON_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*", re.ASCII).fullmatch
_UPPER = re.compile(r"[A-Z]", re.ASCII)
_SNAKE = r"[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*"
_PROTO_PATH = re.compile(rf"{_SNAKE}(?:\.{_SNAKE})*", re.ASCII).fullmatch
_UNDERSCORED = re.compile(r"_([a-z])", re.ASCII)


def field_mask(text: str) -> list[str]:
    """The mask's paths in snake_case; [] for "".

    Raises ValueError with a sentence for the client.

    >>> field_mask("title,dueTime.seconds")
    ['title', 'due_time.seconds']
    """
    if not text:
        return []
    paths = text.split(",")
    if not all(map(_JSON_PATH, paths)):
        raise Wrong('send field names in lowerCamel, joined by commas, such as "title,dueTime"')
    return [_UPPER.sub(lambda upper: "_" + upper[0].lower(), path) for path in paths]


def field_mask_text(paths: Iterable[str]) -> str:
    """The JSON text of snake_case paths.

    Raises ValueError for a path that lowerCamel can't carry there and back.

    >>> field_mask_text(["title", "due_time.seconds"])
    'title,dueTime.seconds'
    """
    return ",".join(map(_camel, paths))


def _camel(path: str) -> str:
    if not _PROTO_PATH(path):
        raise ValueError("a FieldMask path that has no JSON form")
    return _UNDERSCORED.sub(lambda found: found[1].upper(), path)
