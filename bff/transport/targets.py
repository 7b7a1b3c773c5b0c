"""Which transport carries calls to a target: ours, or grpcio where gRPC's own names need it.

Called by settings (checks), app and sources (make them).
Source    grpc/doc/naming.md; docs/spec/performance.md section 8.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Final

from bff.terms.events import Emit, ReplicaTurned, silence
from bff.terms.mistakes import ContractMistake
from bff.transport.balancer import Balancer
from bff.transport.balancer_probe import Sleep
from bff.transport.http2.address import places_of
from bff.transport.http2.options import Http2Options
from bff.transport.http2.transport import BlockOf, Http2Transport, Opening
from bff.transport.resolver import LookUp, look_up
from bff.transport.transport import Transport

_GRPC_SCHEMES: Final = ("xds:", "dns:", "ipv4:", "ipv6:", "unix-abstract:", "vsock:", "google-c2p:")


def check_target(target: str, *, where: str) -> None:
    """Raises ContractMistake for a target that names no place; gRPC's own names pass unread."""
    try:
        if not target.startswith(_GRPC_SCHEMES):
            places_of(target)
    except ValueError as wrong:
        raise ContractMistake(str(wrong), where=where) from None


def transport_for(
    target: str, options: Http2Options | None = None, *, emit: Emit = silence
) -> Transport:
    """ "host:port", "h2c://host:port", "https://host[:port]", "unix:path" and several of them with
    commas between are carried by our own HTTP/2, "xds:///users", "dns:///users:50051" and gRPC's
    other schemes by grpcio.

    A name is looked up again and again, and calls go to all of its addresses; a place that needs no
    looking up has a pool and nothing before it.

    Raises ValueError for a target that names no place, and where TLS is asked of a grpcio channel.

    >>> transport_for("users:50051")
    <Http2Transport to users:50051, never used>
    """
    options = options or Http2Options()
    if not target.startswith(_GRPC_SCHEMES):
        places = places_of(target)
        alone = len(places) == 1 and places[0].is_fixed
        return Http2Transport(
            target, options, opening=None if alone else balanced(target, emit=emit)
        )
    if options.tls is not None:
        raise ValueError(f"{target!r}: TLS is for host:port, https:// and unix: targets")
    from bff.transport.grpcio import ChannelOptions, GrpcioTransport  # 9 MB, for these names alone

    return GrpcioTransport(
        target,
        ChannelOptions(
            max_reply_bytes=options.max_reply_bytes,
            max_metadata_bytes=options.max_metadata_bytes,
            reconnect_ms=options.reconnect_ms,
        ),
    )


def balanced(
    target: str,
    *,
    emit: Emit = silence,
    look_up: LookUp = look_up,
    chance: Callable[[], float] = random.random,
    sleep: Sleep = asyncio.sleep,
) -> Opening:
    """What opens a balancer to the places of this target. Raises ValueError where it names none."""
    places = places_of(target)

    def opened(
        options: Http2Options, block_of: BlockOf, loop: asyncio.AbstractEventLoop
    ) -> Balancer:
        return Balancer(
            places,
            options=options,
            block_of=block_of,
            loop=loop,
            turned=lambda address, state: emit(ReplicaTurned(target, address.shown, state)),
            look_up=look_up,
            chance=chance,
            sleep=sleep,
        )

    return opened
