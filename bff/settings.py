"""Every knob of the operator: `bff.toml`, then BFF_* from the environment, then the command line.

Why       Rooms own their options; only this file knows that they come from a file. So no room reads
          a config.
Called by cli.py and app.py.
Never     accepts a key it does not know, or stops at the first mistake; never prints a secret.
Source    docs/configuration.md lists every setting (a test holds it against this file).
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from bff.calls.breaker import BreakerPolicy
from bff.calls.hedge import HedgePolicy
from bff.calls.limiter import LimiterPolicy
from bff.calls.policies import Policies, ServicePolicies
from bff.calls.retry import RetryPolicy
from bff.compose.cursor_seal import CursorOptions
from bff.compose.idempotency import IdempotencyOptions, Mode
from bff.config_reader import Reader
from bff.contract.json_options import JsonChoices, JsonLimits, JsonOptions
from bff.contract.metadata import MetadataOptions
from bff.edge.batches.batch import BatchOptions
from bff.edge.browser.browser import BrowserOptions
from bff.edge.browser.options import CorsOptions, check_prefixes
from bff.edge.compression import CompressionOptions
from bff.edge.http1.overdue import ConnectionOptions
from bff.edge.purge import AdminOptions
from bff.guard.apps.options import RefreshOptions
from bff.guard.limits.options import QuotaOptions, RateLimitOptions
from bff.guard.limits.shedding import SheddingOptions
from bff.guard.provider.options import LoginOptions
from bff.guard.services.options import ExchangeOptions, SigningOptions, Telling
from bff.guard.sessions.session import SessionOptions
from bff.guard.tokens.bearer import IssuerOptions
from bff.server_options import CallOptions, ContractOptions, ServerOptions
from bff.stores.memory import MemoryOptions
from bff.stores.options import StoreOptions
from bff.telemetry.log import LogOptions
from bff.terms.criticality import Criticality
from bff.terms.mistakes import ContractMistake, ContractMistakes, collected, raise_any
from bff.transport.http2.options import Http2Options
from bff.transport.security import ServiceSecurity
from bff.transport.targets import check_target

Client = Literal["api", "web", "desktop", "mobile", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `services` maps "pkg.Service" or "*" to "host:port".

    routes  "pkg.Service/Method" -> what that rpc's routes do otherwise than `json` says
    clients  the same for all routes of a client: "api" has the rpcs, the others their screens
    policies  "pkg.Service" -> its own retry, hedge, breaker and limiter
    quotas  name -> who may come how often
    idempotent  "pkg.Service/Method", or an operation id -> what its Idempotency-Key means
    cors_paths  "/public/" -> which sites' pages may read what is below it
    criticality  "pkg.Service/Method", or a screen's operation id -> who is refused first
    access  "pkg.Service/Method", operation id, "pkg.Service" or client -> an access policy, as
            bff/terms/access.py has it; "default" is for rpcs of which nobody says anything, "" for
            it: that is a mistake
    identity  "pkg.Service" -> how it is told who calls; "*" for all the others
    security  "pkg.Service" -> how it is trusted; "*" for all the others
    file    the config file, None without one
    folder  what relative paths are relative to
    """

    server: ServerOptions = field(default_factory=ServerOptions)
    contract: ContractOptions = field(default_factory=ContractOptions)
    calls: CallOptions = field(default_factory=CallOptions)
    transport: Http2Options = field(default_factory=Http2Options)
    json: JsonOptions = JsonOptions()
    limits: JsonLimits = JsonLimits()
    connections: ConnectionOptions = field(default_factory=ConnectionOptions)
    metadata: MetadataOptions = field(default_factory=MetadataOptions)
    compression: CompressionOptions = field(default_factory=CompressionOptions)
    batch: BatchOptions = field(default_factory=BatchOptions)
    log: LogOptions = field(default_factory=LogOptions)
    cache: MemoryOptions = field(default_factory=MemoryOptions)
    store: StoreOptions = field(default_factory=StoreOptions)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    hedge: HedgePolicy = field(default_factory=HedgePolicy)
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)
    limiter: LimiterPolicy = field(default_factory=LimiterPolicy)
    shedding: SheddingOptions = field(default_factory=SheddingOptions)
    policies: Mapping[str, ServicePolicies] = field(default_factory=dict)
    criticality: Mapping[str, Criticality] = field(default_factory=dict)
    admin: AdminOptions = field(default_factory=AdminOptions)
    rate_limits: RateLimitOptions = field(default_factory=RateLimitOptions)
    quotas: Mapping[str, QuotaOptions] = field(default_factory=dict)
    idempotency: IdempotencyOptions = field(default_factory=IdempotencyOptions)
    idempotent: Mapping[str, Mode] = field(default_factory=dict)
    cursors: CursorOptions = field(default_factory=CursorOptions)
    browser: BrowserOptions = field(default_factory=BrowserOptions)
    cors: CorsOptions = field(default_factory=CorsOptions)
    cors_paths: Mapping[str, CorsOptions] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, JsonChoices] = field(default_factory=dict)
    clients: Mapping[Client, JsonChoices] = field(default_factory=dict)
    access: Mapping[str, str] = field(default_factory=dict)
    issuers: tuple[IssuerOptions, ...] = ()
    identity: Mapping[str, Telling] = field(default_factory=dict)
    signing: SigningOptions = field(default_factory=SigningOptions)
    exchange: ExchangeOptions = field(default_factory=ExchangeOptions)
    refresh: RefreshOptions = field(default_factory=RefreshOptions)
    security: Mapping[str, ServiceSecurity] = field(default_factory=dict)
    login: LoginOptions = field(default_factory=LoginOptions)
    sessions: SessionOptions = field(default_factory=SessionOptions)
    file: Path | None = None
    folder: Path = Path()

    def __post_init__(self) -> None:
        """Raises ContractMistakes for an address that is none, for a choice that a screen, which
        declares its JSON, leaves to nobody, and for workers that would forget for each other.
        """
        mistakes: list[ContractMistake] = []
        with collected(mistakes):
            check_prefixes(self.cors_paths)
        if self.server.workers != 1 and not self.store.url:
            mistakes += self._mistakes_of_workers()
        for service, target in self.services.items():
            with collected(mistakes):
                check_target(target, where=f'services."{service}"')
        for client, chosen in self.clients.items():
            if client != "api" and replace(chosen, errors=None) != JsonChoices():
                what = "a screen declares its JSON: only `errors` can be chosen for its client"
                mistakes.append(ContractMistake(what, where=f"clients.{client}"))
        raise_any(mistakes)

    def _mistakes_of_workers(self) -> Iterator[ContractMistake]:
        """What one worker remembers, the next one must know."""
        keyed = self.idempotency.keys != "off" or set(self.idempotent.values()) - {"off"}
        for wanted, name in ((self.login.issuer, "[login]"), (keyed, "Idempotency-Key")):
            if wanted:
                what = f"{name} needs a [store] url where there are several workers"
                yield ContractMistake(what, where="server.workers")
        if self.cursors.signed and not self.cursors.keys:
            what = "[cursors] keys must be given where there are several workers"
            yield ContractMistake(what, where="server.workers")

    @property
    def policies_of_calls(self) -> Policies:
        """How calls survive, by service."""
        return Policies(
            retry=self.retry,
            hedge=self.hedge,
            breaker=self.breaker,
            limiter=self.limiter,
            own=self.policies,
        )

    def path(self, name: str) -> Path:
        """A path of the config file, made absolute."""
        return (self.folder / name).resolve()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the command line says. `keys` are "section.key" or a key that only one section has.

    descriptors, protos, reflect  paths relative to the working folder, and addresses; any of them
                 replaces all of the file's
    rules        a path relative to the working folder, "" for the file's
    open_access  `--auth none`: every transcoded route is public
    """

    keys: tuple[tuple[str, str], ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    descriptors: tuple[str, ...] = ()
    protos: tuple[str, ...] = ()
    reflect: tuple[str, ...] = ()
    rules: str = ""
    open_access: bool = False

    @property
    def contract(self) -> Mapping[str, object]:
        """What takes the place of keys in [contract]."""
        found: dict[str, object] = {}
        if self.descriptors or self.protos or self.reflect:
            found["descriptors"] = [str(Path(one).resolve()) for one in self.descriptors]
            found["protos"] = [str(Path(one).resolve()) for one in self.protos]
            found["reflect"] = list(self.reflect)
        if self.rules:
            found["rules"] = str(Path(self.rules).resolve())
        return found


def load(
    file: Path | None,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Overrides | None = None,
) -> Settings:
    """Read the settings. Raises ContractMistakes that name every wrong key at once."""
    data = _parsed(file) if file else {}
    wanted = overrides or Overrides()
    reader = Reader(Settings)
    reader.environment(data, os.environ if environment is None else environment)
    for key, value in wanted.keys:
        reader.override(data, key, value)
    if wanted.services:
        data.setdefault("services", {}).update(wanted.services)
    if wanted.contract:
        data.setdefault("contract", {}).update(wanted.contract)
    if wanted.open_access:
        data["access"] = {"api": "public", "default": "public"}
    settings: Settings = reader.read(data, file=file, folder=file.parent if file else Path())
    if reader.mistakes:
        raise ContractMistakes.of(reader.mistakes)
    return settings


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "there is no such file"
    except tomllib.TOMLDecodeError as error:
        what = f"this is not TOML: {error}"
    raise ContractMistakes.of([ContractMistake(what, where=str(file))])
