"""Which types look different in requests and in answers, and so need two components.

Why       One component is easier to read than two, so the second exists only where it must. A type
          differs where its own schema does, or where that of anything it can reach does.
Called by schemas.py.
Never     depends on what was asked for before: the same type gets the same name in every document.
"""

from collections.abc import Callable, Iterable

from bff.contract.schema.described import Schema, TypeDescriptor

Refer = Callable[[TypeDescriptor], Schema]
Build = Callable[[TypeDescriptor, bool, Refer], Schema]
"""(type, writing, refer) -> the schema of one component."""


class Variants:
    """Answers `differs`, remembering what it found."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._looks: dict[str, tuple[bool, tuple[TypeDescriptor, ...]]] = {}
        self._differs: dict[str, bool] = {}

    def __repr__(self) -> str:
        return f"<Variants: {sum(self._differs.values())} of {len(self._differs)} types differ>"

    def differs(self, root: TypeDescriptor) -> bool:
        """Whether requests and answers need a component each."""
        if root.full_name not in self._differs:
            self._search(root)
        return self._differs[root.full_name]

    def _search(self, root: TypeDescriptor) -> None:
        seen: set[str] = set()
        waiting: list[TypeDescriptor] = [root]
        while waiting:
            here = waiting.pop()
            if here.full_name in seen:
                continue
            seen.add(here.full_name)
            local, near = self._look(here)
            if local or self._differs.get(here.full_name):
                self._differs[root.full_name] = True
                return
            waiting.extend(near)
        # Nothing that the root reaches differs, so neither does anything on the way.
        self._differs.update(dict.fromkeys(seen, False))

    def _look(self, here: TypeDescriptor) -> tuple[bool, Iterable[TypeDescriptor]]:
        if here.full_name not in self._looks:
            near: dict[str, TypeDescriptor] = {}

            def refer(other: TypeDescriptor) -> Schema:
                near[other.full_name] = other
                return {"$ref": other.full_name}

            local = self._build(here, True, refer) != self._build(here, False, refer)
            self._looks[here.full_name] = (local, tuple(near.values()))
        return self._looks[here.full_name]
