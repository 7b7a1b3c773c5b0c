"""Python names for what protos name: modules, methods, constants, parameters.

Called by services.py's readers: client_text.py, generation.py.
Never     hands out a name twice: a clash gets a trailing underscore, in the order of the proto.
Source    protoc's ModuleName (python/helpers.cc); PEP 8 on trailing underscores.
"""

import keyword
import re
from collections.abc import Iterable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """An rpc's name as a method's.

    >>> snake("BatchGetHTTPRoutes"), snake("GetV1Thing"), snake("get_user")
    ('batch_get_http_routes', 'get_v1_thing', 'get_user')
    """
    return _HUMP.sub("_", name).lower()


def module(proto: str, suffix: str = "_pb2") -> str:
    """The dotted module that protoc writes for a proto file.

    >>> module("todos/v1/todo-list.proto")
    'todos.v1.todo_list_pb2'
    """
    return proto.removesuffix(".proto").replace("-", "_").replace("/", ".") + suffix


def distinct(name: str, taken: Iterable[str]) -> str:
    """`name`, with as many underscores as it takes to be no keyword and not taken.

    >>> distinct("from", ()), distinct("page_size", ()), distinct("self", {"self"})
    ('from_', 'page_size', 'self_')
    """
    used = frozenset(taken)
    while keyword.iskeyword(name) or name in used:
        name += "_"
    return name


def unimportable(proto: str) -> str:
    """The first part of a proto's path that Python can not import, or "".

    >>> unimportable("import/v1/x.proto"), unimportable("todos/v1/todo-list.proto")
    ('import', '')
    """
    parts = proto.removesuffix(".proto").replace("-", "_").split("/")
    bad = (part for part in parts if not part.isidentifier() or keyword.iskeyword(part))
    return next(bad, "")
