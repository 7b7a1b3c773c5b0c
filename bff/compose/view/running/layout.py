"""Where the values of a plan stand: which message a path begins at, which fields it goes along.

Called by values.py, steps.py, writing/members.py, serving/schema.py, at boot.
Never     takes a plan's word for it: a path that the contract does not have is a ContractMistake.
"""

from collections.abc import Hashable, Iterable
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from bff.compose.view.plan import (
    Computed,
    FromItem,
    FromMatch,
    FromReply,
    Held,
    Items,
    Member,
    Object,
    Plain,
    Plan,
    Value,
    parts_of,
    replies_in,
)
from bff.contract.catalog import Catalog, RpcMethod
from bff.contract.codec.known import is_map
from bff.contract.field_path import walk
from bff.terms.mistakes import ContractMistake

Fields = tuple[FieldDescriptor, ...]


class Layout:
    """One plan against the contract."""

    def __init__(self, plan: Plan, catalog: Catalog) -> None:
        self.plan = plan
        self.catalog = catalog
        self._numbers: dict[Hashable, int] = {}

    def __repr__(self) -> str:
        return f"<Layout of {self.plan.name}>"

    def rpc(self, name: str) -> RpcMethod:
        """Raises ContractMistake."""
        found = self.catalog.methods.get(name)
        if found is None:
            raise ContractMistake(f"no service has the rpc {name}")
        if not found.unary:
            raise ContractMistake(f"{name} streams: a view asks once and is answered once")
        return found

    def scope_of(self, held: Held) -> int | None:
        """The scope whose frames hold the message that the path begins at; that of a match is
        known where its list and its key are.
        """
        if isinstance(held, FromMatch):
            inmost = [self.scope_of(one) for one in parts_of(held) if isinstance(one, Held)]
            return max(inmost, key=self._depth)
        return self.plan.steps[held.step].scope if isinstance(held, FromReply) else held.scope

    def _depth(self, scope: int | None) -> int:
        return 0 if scope is None else 1 + self._depth(self.plan.scopes[scope].parent)

    def levels(self, scope: int | None, held: Held) -> int:
        """How many frames up from one of `scope` the message stands. Raises ContractMistake."""
        target, count = self.scope_of(held), 0
        while scope != target:
            if scope is None:
                raise ContractMistake("a value is read from a list that it does not stand in")
            scope, count = self.plan.scopes[scope].parent, count + 1
        return count

    def start(self, held: Held) -> Descriptor:
        """The message that the path begins at."""
        if isinstance(held, FromReply):
            reply = self.rpc(self.plan.steps[held.step].rpc.name).reply
            return cast("Descriptor", reply.DESCRIPTOR)
        return self.each(held.items) if isinstance(held, FromMatch) else self.item(held.scope)

    def item(self, scope: int) -> Descriptor:
        """What a scope's list holds. Raises ContractMistake."""
        return self.each(self.plan.scopes[scope].items)

    def each(self, items: Held) -> Descriptor:
        """What a list holds. Raises ContractMistake."""
        fields = self.fields(items)
        last = fields[-1] if fields else None
        if last is None or not last.is_repeated or last.message_type is None or is_map(last):
            raise ContractMistake("a list of messages is needed for a list of objects")
        return last.message_type

    def fields(self, held: Held) -> Fields:
        """Those along the path. Raises ContractMistake."""
        try:
            return walk(self.start(held), held.path)
        except ValueError as wrong:
            raise ContractMistake(str(wrong)) from None

    def reads(self, members: tuple[Member, ...]) -> frozenset[int]:
        """The steps that members need, and those that these need."""
        return self.with_sources({one for member in members for one in self._read_by(member)})

    def number(self, what: Hashable) -> int:
        """The same for what is equal: where a frame keeps what is looked up once."""
        return self._numbers.setdefault(what, len(self._numbers))

    def with_sources(self, steps: set[int]) -> frozenset[int]:
        found: set[int] = set()
        waiting = list(steps)
        while waiting:
            step = waiting.pop()
            if step not in found:
                found.add(step)
                waiting += self.sources(step)
        return frozenset(found)

    def sources(self, step: int) -> frozenset[int]:
        """The steps that must be answered before this one can be asked."""
        one = self.plan.steps[step]
        return one.waits_for | self.behind(one.scope) | self.steps_in(one.arguments.values())

    def behind(self, scope: int | None) -> frozenset[int]:
        """The steps that a scope's list comes from, and the lists around it."""
        found: set[int] = set()
        while scope is not None:
            one = self.plan.scopes[scope]
            found.update(read.step for read in replies_in([one.items]))
            scope = one.parent
        return frozenset(found)

    def own_reads(self, member: Member) -> frozenset[int]:
        """The steps that say whether a member is there at all; not those of what is inside it."""
        show = member.show
        match show:
            case Object():
                return self.steps_in([show.of])
            case Items():
                return self.behind(show.scope)
            case Computed():
                return self.steps_in(show.arguments.values())
            case Plain():
                return self.steps_in([show.value])

    def steps_in(self, values: Iterable[Value]) -> frozenset[int]:
        """The steps that values are read from, and those that the lists around them come from."""
        found: set[int] = set()
        for value in (one for given in values for one in parts_of(given)):
            if isinstance(value, FromReply):
                found |= {value.step, *self.behind(self.plan.steps[value.step].scope)}
            elif isinstance(value, FromItem):
                found |= self.behind(value.scope)
        return frozenset(found)

    def _read_by(self, member: Member) -> frozenset[int]:
        inside = member.show.members if isinstance(member.show, Object | Items) else ()
        found = self.own_reads(member)
        return found.union(*(self._read_by(one) for one in inside))


def class_of(descriptor: Descriptor) -> type[Message]:
    return GetMessageClass(descriptor)
