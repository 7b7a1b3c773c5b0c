"""All the addresses of one target, as far as they are known, whatever mixture the operator wrote.

Why       "users:50051" is one name with many addresses, "10.0.0.7:1,10.0.0.8:1" is two without a
          name; whoever spreads calls should not care.
Called by balancer.py.
Never     looks anything up before `start`.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from bff.transport.http2.address import Address
from bff.transport.resolver import LookUp, Resolver
from bff.transport.resolver_rules import Known

Told = Callable[[tuple[Address, ...], str], object]
"""Takes the addresses, or none and why."""


class Endpoints:
    """`told` is called at the start, unless nothing is known then, and after each lookup."""

    def __init__(
        self,
        places: Sequence[Address],
        told: Told,
        *,
        resolve_s: float,
        loop: asyncio.AbstractEventLoop,
        look_up: LookUp,
    ) -> None:
        self._places = places
        self._told = told
        self._known: dict[Address, Known] = {}
        self._resolvers = {
            place: Resolver(
                place.host,
                place.port,
                partial(self._heard, place),
                resolve_s=resolve_s,
                loop=loop,
                look_up=look_up,
            )
            for place in places
            if not place.is_fixed
        }

    def __repr__(self) -> str:
        return f"<Endpoints {[one.shown for one in self._found()]} {[*self._resolvers.values()]}>"

    def start(self) -> None:
        for resolver in self._resolvers.values():
            resolver.start()
        self._tell()

    def hurry(self) -> None:
        """A replica was lost: the names may lead elsewhere by now."""
        for resolver in self._resolvers.values():
            resolver.hurry()

    async def close(self) -> None:
        for resolver in self._resolvers.values():
            await resolver.close()

    def _heard(self, place: Address, known: Known) -> None:
        self._known[place] = known
        self._tell()

    def _tell(self) -> None:
        found = tuple(dict.fromkeys(self._found()))
        if found:
            self._told(found, "")
        elif len(self._known) == len(self._resolvers):
            self._told((), "; ".join(f"{at.host}: {one.why}" for at, one in self._known.items()))

    def _found(self) -> Iterable[Address]:
        for place in self._places:
            if place.is_fixed:
                yield place
            elif place in self._known:
                for host, port in self._known[place].places:
                    yield Address(host, port, secure=place.secure, name=place.host)
