"""Mend protoc's stubs, so that mypy --strict accepts them and knows every type.

Called by generation.py, on every *_pb2.pyi.
Never     changes what a stub promises, only what mypy would refuse in it.
Source    protoc's python/pyi_generator.cc; each pattern names the habit that it mends.
"""

import re

# `Mapping` without its parameters, as an alternative to a message.
_BARE_MAPPING = re.compile(r"\b_Mapping(?=\])")
# `**kwargs` without a type, where a field is named by a keyword of Python.
_BARE_KWARGS = re.compile(r"\*\*kwargs(?=\))")
# ClassVar outside of a class, for the number of an extension.
_TOP_CLASSVAR = re.compile(r"^(\w+): _ClassVar\[(\w+)\]$", re.MULTILINE)
# A class that typeshed does not know; Message declares `Extensions` already, and better.
_EXTENSIONS = re.compile(
    r"^from google\.protobuf\.internal import python_message as _python_message\n"
    r"|^ +Extensions: _python_message\._ExtensionDict\n",
    re.MULTILINE,
)
# A field named `bytes` hides the type of that name from the rest of its class.
_HIDDEN = re.compile(r"^ +(bool|bytes|float|int|str): ", re.MULTILINE)
_BUILTIN = re.compile(r"(?<=[\[ ])(bool|bytes|float|int|str)(?=[\],) ]|$)", re.MULTILINE)


def strictly_typed(stub: str) -> str:
    """The same stub, fit for mypy --strict.

    >>> strictly_typed("def f(x: _Union[M, _Mapping]) -> None: ...")
    'def f(x: _Union[M, _Mapping[str, object]]) -> None: ...'
    """
    stub = _BARE_MAPPING.sub("_Mapping[str, object]", stub)
    stub = _BARE_KWARGS.sub("**kwargs: object", stub)
    stub = _TOP_CLASSVAR.sub(r"\1: \2", stub)
    stub = _EXTENSIONS.sub("", stub)
    if _HIDDEN.search(stub):
        stub = "import builtins as _builtins\n" + _BUILTIN.sub(r"_builtins.\1", stub)
    return stub
