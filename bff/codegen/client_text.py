"""Write the typed async clients of one proto file as Python source.

Why       A view author's editor should know every rpc, parameter and reply, comments included.
Called by generation.py.
Never     writes what `ruff format` would change (line length 100), or mypy --strict refuse.
"""

import keyword
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bff.codegen.layout import call, docstring, import_from, signature
from bff.codegen.names import distinct, module, snake
from bff.codegen.services import Field, Method, Service, TypeName

_WORDS = frozenset(
    {"AsyncIterable", "AsyncIterator", "Iterable", "Mapping", "Rpc", "ServiceClient", "carries"}
)
_BUILTINS = frozenset({"bool", "bytes", "float", "int", "str"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Names of the module. `aliases`: proto file -> "users_pb2"; `constants`: rpc -> "GET_USER"."""

    aliases: Mapping[str, str]
    constants: Mapping[str, str]

    @property
    def taken(self) -> AbstractSet[str]:
        """What a parameter must not shadow."""
        return {"self", *_WORDS, *self.aliases.values(), *self.constants.values()}

    def type(self, of: TypeName) -> str:
        return f"{self.aliases[of.file]}.{of.name}" if of.file else of.name


def client_text(
    proto: str, services: Sequence[Service], *, package: str, own: AbstractSet[str]
) -> str:
    """The source of `<proto>_client.py`.

    package  the generated package, "generated"
    own      names of the protos whose modules live in that package
    """
    scope = _Scope(aliases=_aliases(proto, services), constants=_constants(services))
    methods = [(service, method) for service in services for method in service.methods]
    classes = [_client(service, name, scope=scope) for service, name in _class_names(services)]
    rpcs = [_rpc(service, method, scope=scope) for service, method in methods]
    body = "\n\n\n".join(filter(None, ("\n".join(rpcs), *classes)))
    said = f"Typed clients of {proto}.\n\nGenerated: edit the proto, then run `make codegen`."
    opening = f"{docstring(said, 0)}\n\nfrom __future__ import annotations\n\n"
    imports = "\n".join(_imports(scope, services, package=package, own=own))
    # ruff wants one blank line between imports and constants, two before a class.
    return f"{opening}{imports}\n{'' if rpcs else chr(10)}\n{body}\n"


def _imports(
    scope: _Scope, services: Sequence[Service], *, package: str, own: AbstractSet[str]
) -> Iterator[str]:
    """`own` decides whose modules get the package's prefix."""
    abstract = sorted(_abstract_types(services))
    if abstract:
        yield import_from("collections.abc", abstract) + "\n"
    used = ["Rpc", "ServiceClient"] if scope.constants else ["ServiceClient"]
    if any(_unary(method) for service in services for method in service.methods):
        used.append("carries")
    names = {"bff.contract.client": used}
    for proto, alias in scope.aliases.items():
        folder, _, name = module(proto).rpartition(".")
        if proto in own:
            folder = f"{package}.{folder}".rstrip(".")
        names.setdefault(folder, []).append(name if name == alias else f"{name} as {alias}")
    yield from (import_from(folder, sorted(names[folder])) for folder in sorted(names))


def _abstract_types(services: Sequence[Service]) -> Iterator[str]:
    methods = [method for service in services for method in service.methods]
    fields = [field for method in methods for field in method.fields]
    if any(method.client_streaming for method in methods):
        yield "AsyncIterable"
    if any(method.server_streaming for method in methods):
        yield "AsyncIterator"
    if any(field.repeated and not field.key for field in fields):
        yield "Iterable"
    if any(field.key for field in fields):
        yield "Mapping"


def _aliases(proto: str, services: Sequence[Service]) -> Mapping[str, str]:
    """Modules by their last name; those of equal last name by their whole path, but for our own."""
    files = sorted({used.file for service in services for used in _types(service) if used.file})
    last = [module(file).rpartition(".")[2] for file in files]
    aliases: dict[str, str] = {}
    for file, name in zip(files, last, strict=True):
        twin = last.count(name) > 1 and file != proto
        alias = module(file).replace(".", "_") if twin else name
        aliases[file] = distinct(alias, aliases.values())
    return aliases


def _types(service: Service) -> Iterator[TypeName]:
    for method in service.methods:
        yield from (method.request, method.reply)
        for field in method.fields:
            yield field.type
            if field.key:
                yield field.key


def _class_names(services: Sequence[Service]) -> Iterator[tuple[Service, str]]:
    taken = set(_WORDS)
    for service in services:
        name = distinct(f"{service.name}Client", taken)
        taken.add(name)
        yield service, name


def _constants(services: Sequence[Service]) -> Mapping[str, str]:
    """GET_USER; USER_SERVICE_GET where two services of the file have an rpc of that name."""
    names = [(service, method.name) for service in services for method in service.methods]
    plain = [snake(name).upper() for _, name in names]
    constants: dict[str, str] = {}
    for (service, rpc), short in zip(names, plain, strict=True):
        long = f"{snake(service.name)}_{snake(rpc)}".upper()
        name = short if plain.count(short) == 1 else long
        constants[_full_name(service, rpc)] = distinct(name, constants.values())
    return constants


def _rpc(service: Service, method: Method, *, scope: _Scope) -> str:
    name = _full_name(service, method.name)
    arguments = [f'"{name}"', scope.type(method.request), scope.type(method.reply)]
    if method.idempotent:
        arguments.append("idempotent=True")
    return call(f"{scope.constants[name]} = Rpc", arguments, indent=0)


def _client(service: Service, name: str, *, scope: _Scope) -> str:
    parts = [
        f"class {name}(ServiceClient):",
        docstring(service.comment or f"{service.full_name}.", 4) + "\n",
        f'    SERVICE = "{service.full_name}"',
    ]
    taken = {"SERVICE", "carries", *_BUILTINS}
    for method in service.methods:
        python = distinct(snake(method.name), taken)
        taken.add(python)
        parts.append("\n" + "\n".join(_method(method, python, service=service, scope=scope)))
    return "\n".join(parts)


def _method(method: Method, python: str, *, service: Service, scope: _Scope) -> Iterator[str]:
    names = _parameters(method.fields, scope)
    reply = scope.type(method.reply)
    returns = f"AsyncIterator[{reply}]" if method.server_streaming else reply
    # A stream is not awaited: calling it makes the iterator, reading it makes the call.
    word = "def" if method.server_streaming else "async def"
    if _unary(method):
        yield _carries(scope.constants[_full_name(service, method.name)], names)
    yield signature(
        f"{word} {python}", _declared(method, names, scope=scope), returns=returns, indent=4
    )
    full_name = _full_name(service, method.name)
    yield docstring(_said(method, names) or f"{full_name}.", 8)
    constant = scope.constants[full_name]
    request = "requests" if method.client_streaming else ""
    if not request:
        request = call(scope.type(method.request), list(_arguments(names)), indent=12).strip()
    wait = "return" if method.server_streaming else "return await"
    yield call(f"{wait} self._call.{_kind(method)}", [constant, request], indent=8)


def _unary(method: Method) -> bool:
    return not (method.client_streaming or method.server_streaming)


def _carries(constant: str, names: Mapping[str, str]) -> str:
    renamed = [f'"{name}": "{field}"' for field, name in names.items() if name != field]
    arguments = [constant, f"{{{', '.join(renamed)}}}"] if renamed else [constant]
    return call("    @carries", arguments, indent=0).replace("\n", "\n    ")


def _kind(method: Method) -> str:
    if method.client_streaming:
        return "bidi" if method.server_streaming else "client_stream"
    return "server_stream" if method.server_streaming else "unary"


def _parameters(fields: Iterable[Field], scope: _Scope) -> Mapping[str, str]:
    """Field name -> parameter name. A leading "__" goes: Python would mangle it in a class."""
    names: dict[str, str] = {}
    for field in fields:
        plain = field.name.lstrip("_") + "_" if field.name.startswith("__") else field.name
        names[field.name] = distinct(plain, {*scope.taken, *names.values()})
    return names


def _declared(method: Method, names: Mapping[str, str], *, scope: _Scope) -> list[str]:
    if method.client_streaming:
        return ["self", f"requests: AsyncIterable[{scope.type(method.request)}]"]
    parameters = [f"{names[it.name]}: {_annotation(it, scope)}" for it in method.fields]
    return ["self", "*", *parameters] if parameters else ["self"]


def _annotation(field: Field, scope: _Scope) -> str:
    text = scope.type(field.type)
    if field.key:
        text = f"Mapping[{scope.type(field.key)}, {text}]"
    elif field.repeated:
        text = f"Iterable[{text}]"
    return text if field.required else f"{text} | None = None"


def _arguments(names: Mapping[str, str]) -> Iterator[str]:
    for field, name in names.items():
        plain = not keyword.iskeyword(field) and not field.startswith("__")
        yield f"{field}={name}" if plain else f'**{{"{field}": {name}}}'


def _said(method: Method, names: Mapping[str, str]) -> str:
    """The rpc's comment, then a line for each parameter that has one."""
    noted = [(names[field.name], field.comment) for field in method.fields if field.comment]
    width = max((len(name) for name, _ in noted), default=0) + 2
    lines = [
        textwrap.fill(
            f"{name:{width}}{' '.join(comment.split())}",
            width=92,
            subsequent_indent=" " * width,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, comment in noted
    ]
    return "\n\n".join(filter(None, (method.comment, "\n".join(lines))))


def _full_name(service: Service, rpc: str) -> str:
    return f"{service.full_name}/{rpc}"
