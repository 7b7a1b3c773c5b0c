"""Which transport carries calls to a target: ours, or grpcio where gRPC's own names need it.

Called by settings (checks), app and sources (make them).
Source    grpc/doc/naming.md; docs/spec/performance.md section 8.
"""

from typing import Final

from bff.terms.mistakes import ContractMistake
from bff.transport.http2.address import address_of
from bff.transport.http2.options import Http2Options
from bff.transport.http2.transport import Http2Transport
from bff.transport.transport import Transport

_GRPC_SCHEMES: Final = ("xds:", "dns:", "ipv4:", "ipv6:", "unix-abstract:", "vsock:", "google-c2p:")


def check_target(target: str, *, where: str) -> None:
    """Raises ContractMistake for a target that names no place; gRPC's own names pass unread."""
    try:
        if not target.startswith(_GRPC_SCHEMES):
            address_of(target)
    except ValueError as wrong:
        raise ContractMistake(str(wrong), where=where) from None


def transport_for(target: str, options: Http2Options | None = None) -> Transport:
    """ "host:port", "h2c://host:port", "https://host[:port]" and "unix:path" are carried by our own
    HTTP/2, "xds:///users", "dns:///users:50051" and gRPC's other schemes by grpcio.

    Raises ValueError for a target that names no place, and where TLS is asked of a grpcio channel.

    >>> transport_for("users:50051")
    <Http2Transport to users:50051, never used>
    """
    options = options or Http2Options()
    if not target.startswith(_GRPC_SCHEMES):
        return Http2Transport(target, options)
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
