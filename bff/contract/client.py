"""What generated clients stand on: an rpc's name and types, and the door to who carries the call.

Why       A view writes `await users.get_user(user_id="ada")`. The client knows the contract, and
          nothing of deadlines, retries or connections: those belong to the Caller it was given.
Called by generated/**/*_client.py (subclass and call), bff/calls (is a Caller), tests (record),
          compose/view (asks a method which rpc it makes).
Never     opens a connection, touches the wire, or imports gRPC.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from google.protobuf.message import Message

Req = TypeVar("Req", bound=Message)
Rep = TypeVar("Rep", bound=Message)
Method = TypeVar("Method", bound=Callable[..., Any])
_AS_NAMED: Mapping[str, str] = MappingProxyType({})
_CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Rpc(Generic[Req, Rep]):
    """One rpc.

    name        "identity.users.v1.UserService/GetUser"
    idempotent  the proto says (idempotency_level) that a second try does no harm
    """

    name: str
    request: type[Req]
    reply: type[Rep]
    _: KW_ONLY
    idempotent: bool = False

    @property
    def path(self) -> str:
        """The HTTP/2 path: "/identity.users.v1.UserService/GetUser"."""
        return f"/{self.name}"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Carried:
    """What a client's method asks: its rpc, and parameter -> field where their names differ."""

    rpc: Rpc[Any, Any]
    renamed: Mapping[str, str]


def carries(
    rpc: Rpc[Any, Any], renamed: Mapping[str, str] = _AS_NAMED
) -> Callable[[Method], Method]:
    """Mark the method of a generated client that makes this unary rpc; its type stays."""

    def mark(method: Method) -> Method:
        vars(method)[_CARRIED] = Carried(rpc, renamed)
        return method

    return mark


def carried(method: object) -> Carried | None:
    """What a method asks; None for one that no generated client has, or that streams."""
    found = getattr(method, _CARRIED, None)
    return found if isinstance(found, Carried) else None


class Caller(Protocol):
    """Carries calls to a service, one method a kind of rpc. Raises a `terms.errors.Failure`."""

    async def unary(self, rpc: Rpc[Req, Rep], request: Req, /) -> Rep: ...

    def server_stream(self, rpc: Rpc[Req, Rep], request: Req, /) -> AsyncIterator[Rep]: ...

    async def client_stream(self, rpc: Rpc[Req, Rep], requests: AsyncIterable[Req], /) -> Rep: ...

    def bidi(self, rpc: Rpc[Req, Rep], requests: AsyncIterable[Req], /) -> AsyncIterator[Rep]: ...


class ServiceClient:
    """One service, seen through a Caller. Generated subclasses add a typed method for each rpc."""

    SERVICE: ClassVar[str]
    __slots__ = ("_call",)

    def __init__(self, call: Caller) -> None:
        self._call = call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.SERVICE}>"
