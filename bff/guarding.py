"""All of guard for one BFF: who may be known, how often they may come, and the gate that asks.

Called by app.
Never     decides anything: it gives the rooms of guard their settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bff.compose.blueprint import Blueprint
from bff.edge.front import Gate
from bff.gate import VISITS, gate_of
from bff.guard.limits.quotas import Limits
from bff.guard.sessions.sessions import Memories, Sessions
from bff.guard.tokens.bearer import BearerIdentity, IssuerOptions
from bff.settings import Settings
from bff.stores.meters_spare import meters_of
from bff.stores.shelves import Shelves
from bff.terms.context import Identity
from bff.terms.events import Emit
from bff.terms.mistakes import ContractMistake, collected, raise_any
from bff.terms.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """`sessions` is None where nobody can sign in."""

    bearer: BearerIdentity
    sessions: Sessions | None
    gate: Gate

    async def start(self) -> None:
        """Returns after each issuer was asked once, good or bad."""
        await self.bearer.start()
        if self.sessions is not None:
            await self.sessions.start()

    async def stop(self) -> None:
        if self.sessions is not None:
            await self.sessions.stop()
        await self.bearer.stop()

    def ailments(self) -> Mapping[str, str]:
        """For /readyz: the issuers whose tokens can't be checked now."""
        return {f"issuer {index}": one for index, one in enumerate(self.bearer.problems(), start=1)}


def guarding_of(
    settings: Settings,
    blueprint: Blueprint,
    shelves: Shelves,
    *,
    emit: Emit,
    act_as: Identity | None,
    process: Process,
) -> Guarding:
    """act_as  as `gate_of` takes it. Raises ContractMistakes."""
    bearer, sessions = known_by(settings, shelves, emit=emit, process=process)
    limits = _limits(settings, blueprint, shelves, emit) if settings.quotas else None
    gate = gate_of(bearer, sessions=sessions, limits=limits, act_as=act_as, process=process)
    return Guarding(bearer=bearer, sessions=sessions, gate=gate)


def known_by(
    settings: Settings, shelves: Shelves, *, emit: Emit, process: Process
) -> tuple[BearerIdentity, Sessions | None]:
    """What tells who calls. Raises ContractMistakes."""
    mistakes: list[ContractMistake] = []
    sessions = None
    with collected(mistakes):
        bearer = BearerIdentity(_issuers(settings), emit=emit)
    with collected(mistakes):
        sessions = _sessions(settings, shelves, process, emit) if settings.login.issuer else None
    raise_any(mistakes)
    return bearer, sessions


def _sessions(settings: Settings, shelves: Shelves, process: Process, emit: Emit) -> Sessions:
    sessions, notes = shelves.records("sessions"), shelves.records("sign-ins")
    return Sessions(
        settings.login,
        settings.sessions,
        Memories(sessions, notes, process.standings),
        emit=emit,
        passes_token="authorization" in settings.metadata.forward,
    )


def _limits(settings: Settings, blueprint: Blueprint, shelves: Shelves, emit: Emit) -> Limits:
    options = settings.rate_limits
    return Limits(
        options,
        settings.quotas,
        endpoints=blueprint.endpoints,
        visits=VISITS,
        meters=meters_of(shelves, most_keys=options.max_keys, wait_s=options.wait_ms / 1000),
        emit=emit,
    )


def _issuers(settings: Settings) -> tuple[IssuerOptions, ...]:
    """The issuers, with key files found from the config file's folder."""
    return tuple(
        one if "://" in one.keys else replace(one, keys=str(settings.path(one.keys)))
        for one in settings.issuers
    )
