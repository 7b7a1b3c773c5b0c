"""Fill frozen dataclasses from plain data, with every mistake collected and named.

Why       The dataclasses stay plain, so that rooms need no settings library; the messages name the
          key to mend.
Called by settings.py.
Never     coerces: "8080" is no number in TOML. Only the environment and the command line bring
          text.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from bff.terms.mistakes import ContractMistake, ContractMistakes

PREFIX = "BFF_"
NO_SETTINGS = frozenset({"BFF_CODEC"})  # read where the codec's engine is chosen, for the process


class Reader:
    """Reads one settings tree; what was wrong is in `mistakes`."""

    def __init__(self, root: type) -> None:
        self._root = root
        self._sections = {
            name: kind for name, kind in get_type_hints(root).items() if is_dataclass(kind)
        }
        self.mistakes: list[ContractMistake] = []

    def __repr__(self) -> str:
        return f"<Reader of {self._root.__name__}, {len(self.mistakes)} mistakes>"

    def environment(self, data: dict[str, Any], variables: Mapping[str, str]) -> None:
        """Apply BFF_<SECTION>_<KEY>, and BFF_<SECTION>_<KEY>_FILE for the text of a file."""
        for name, text in sorted(variables.items()):
            if not name.startswith(PREFIX) or name in NO_SETTINGS:
                continue
            key = name.removeprefix(PREFIX).lower()
            value = text
            if key.endswith("_file"):
                key, value = key.removesuffix("_file"), self._file(name, text)
            fits = (it for it in self._sections if key.startswith(f"{it}_"))
            section = max(fits, key=len, default="")
            if section:
                self._set(data, f"{section}.{key[len(section) + 1 :]}", value, where=name)
            else:
                self._wrong(f"no section is called {key.partition('_')[0]}", name)

    def override(self, data: dict[str, Any], key: str, text: str) -> None:
        """Apply `--set key=text`. A bare key must belong to exactly one section."""
        if "." in key:
            self._set(data, key, text, where=f"--set {key}")
            return
        homes = [name for name, kind in self._sections.items() if key in _names(kind)]
        if len(homes) == 1:
            self._set(data, f"{homes[0]}.{key}", text, where=f"--set {key}")
        elif homes:
            full = " or ".join(f"{home}.{key}" for home in homes)
            self._wrong(f"more than one section has {key}: write {full}", f"--set {key}")
        else:
            every = [name for kind in self._sections.values() for name in _names(kind)]
            self._wrong(f"no setting is called {key}{_hint(key, every)}", f"--set {key}")

    def read(self, data: Mapping[str, Any], **given: object) -> Any:
        """The filled root; meaningless where `mistakes` is not empty."""
        return self._dataclass(self._root, data, "", given)

    def _set(self, data: dict[str, Any], key: str, text: str, *, where: str) -> None:
        section, _, name = key.partition(".")
        kind = self._sections.get(section)
        if kind is None or name not in _names(kind):
            known = _names(kind) if kind else list(self._sections)
            self._wrong(f"no setting is called {key}{_hint(name, known)}", where)
            return
        value = self._from_text(get_type_hints(kind)[name], text, where)
        data.setdefault(section, {})[name] = value

    def _from_text(self, kind: Any, text: str, where: str) -> Any:
        if kind is bool:
            if text.lower() in ("true", "1", "yes", "on"):
                return True
            if text.lower() in ("false", "0", "no", "off"):
                return False
            self._wrong("must be true or false", where)
        if kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                self._wrong("must be a number", where)
        if get_origin(kind) is tuple:
            return [part.strip() for part in text.split(",") if part.strip()]
        return text

    def _file(self, name: str, path: str) -> str:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            self._wrong(f"cannot read {path}: {error.strerror}", name)
            return ""

    def _dataclass(
        self, kind: type, data: object, where: str, given: Mapping[str, object] | None = None
    ) -> Any:
        if not isinstance(data, Mapping):
            self._wrong("must be a table", where)
            data = {}
        hints = get_type_hints(kind)
        before = len(self.mistakes)
        taken = dict(given or {})
        names = [name for name in _names(kind) if name not in taken]
        for key in data:
            if key not in names:
                self._wrong(f"no setting is called {key}{_hint(key, names)}", _dotted(where, key))
        for one in fields(kind):
            if one.name in taken:
                continue
            if one.name in data:
                place = _dotted(where, one.name)
                taken[one.name] = self._value(hints[one.name], data[one.name], place)
            elif one.default is MISSING and one.default_factory is MISSING:
                self._wrong("this setting is required", _dotted(where, one.name))
        return self._made(kind, taken) if len(self.mistakes) == before else None

    def _made(self, kind: type, taken: Mapping[str, Any]) -> Any:
        """The dataclass, which may find a mistake that no type tells."""
        try:
            return kind(**taken)
        except ContractMistake as mistake:
            self.mistakes.append(mistake)
        except ContractMistakes as group:
            self.mistakes += group.each
        return None

    def _value(self, kind: Any, value: object, where: str) -> Any:
        origin, inside = get_origin(kind), get_args(kind)
        if is_dataclass(kind):
            return self._dataclass(kind, value, where)  # type: ignore[arg-type]
        if origin is Literal:
            if value not in inside:
                self._wrong(f"must be one of {', '.join(map(repr, inside))}", where)
            return value
        if origin in (tuple, frozenset):
            return self._many(origin, inside[0], value, where)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._table(inside[0], inside[1], value, where)
        if origin in (types.UnionType, Union):  # a choice or None, which TOML cannot say
            return self._value(inside[0], value, where)
        return self._scalar(kind, value, where)

    def _many(self, origin: type, kind: Any, value: object, where: str) -> Any:
        if not isinstance(value, list):
            self._wrong("must be a list", where)
            return origin()
        return origin(
            self._value(kind, one, f"{where}[{index}]") for index, one in enumerate(value)
        )

    def _table(self, keys: Any, kind: Any, value: object, where: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self._wrong("must be a table", where)
            return {}
        for key in value.keys() - set(get_args(keys) or value):
            self._wrong(f"must be one of {', '.join(get_args(keys))}", f'{where}."{key}"')
        return {key: self._value(kind, one, f'{where}."{key}"') for key, one in value.items()}

    def _scalar(self, kind: Any, value: object, where: str) -> Any:
        fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if fits or (kind is float and isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._wrong(f"must be {_WORDS.get(kind, kind.__name__)}", where)
        return value

    def _wrong(self, what: str, where: str) -> None:
        self.mistakes.append(ContractMistake(what, where=where))


_WORDS: Final = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _names(kind: Any) -> list[str]:
    return [one.name for one in fields(kind)]


def _dotted(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _hint(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
