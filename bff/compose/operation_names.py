"""Operation ids: short where they can be, unique always.

Why       Generated clients name their methods after these; two packages may each have a service of
          one name, and a second binding must not take the name of another rpc.
Called by compose/transcode.py, once at boot.
Source    docs/spec/transcoding.md PT14, OA5.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

Binding = tuple[str, int]
"""("pkg.Service/Method", index of the binding)."""


def operation_names(bindings: Iterable[Binding]) -> Mapping[Binding, str]:
    """`Service_Method[n]`; with its package where two would be called so.

    >>> bindings = [("a.v1.S/Get", 0), ("a.v1.S/Get", 1), ("b.T/Get", 0), ("c.T/Get", 0)]
    >>> sorted(operation_names(bindings).values())
    ['S_Get', 'S_Get1', 'b_T_Get', 'c_T_Get']
    """
    names: dict[Binding, str] = {}
    left = list(bindings)
    for form in (_short, _with_package, _with_everything):
        wanted = Counter(form(one) for one in left)
        settled = {
            one: form(one)
            for one in left
            if wanted[form(one)] == 1 and form(one) not in names.values()
        }
        names.update(settled)
        left = [one for one in left if one not in settled]
    # what is still not unique keeps its longest name: the blueprint tells it as a mistake
    return {**names, **{one: _with_everything(one) for one in left}}


def _short(binding: Binding) -> str:
    rpc, index = binding
    service, _, method = rpc.rpartition("/")
    return f"{service.rpartition('.')[2]}_{method}{index or ''}"


def _with_package(binding: Binding) -> str:
    rpc, index = binding
    return f"{_as_identifier(rpc)}{index or ''}"


def _with_everything(binding: Binding) -> str:
    rpc, index = binding
    return f"{_as_identifier(rpc)}_{index}"


def _as_identifier(rpc: str) -> str:
    return rpc.replace(".", "_").replace("/", "_")
