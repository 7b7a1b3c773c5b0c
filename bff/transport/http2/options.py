"""Every limit of the HTTP/2 transport, with its default and the reason for it.

Called by settings (fills them), app (hands them on), everything in this package (obeys them).
"""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How to trust a service, and how to be trusted by it. Files are read again at each dial.

    ca_file           PEM of who may sign the service's certificate; "" for the system's own
    certificate_file  PEM of our own certificate (mTLS), or ""
    key_file          PEM of its private key; "" where the certificate's file holds it, too
    server_name       the name that must stand in the service's certificate; "" for the target's
    """

    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    server_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Http2Options:
    """One target's limits.

    max_reply_bytes      of one message, inflated
    max_metadata_bytes   of one header list of an answer, as RFC 9113 6.5.2 counts it; a list of
                         four times that ends the connection
    stream_window_bytes  how much of an answer may wait for its reader
    connection_window_bytes  how much may be under way on one connection
    connections          most connections at once; one is opened, others where all are full
    connect_s            how long one address may take to answer with its SETTINGS
    reconnect_ms         the longest pause between two dials; the first is a tenth of a second
    resolve_s            how often names are looked up again; also when a replica is lost
    max_age_s            a connection is replaced after this, to find new replicas; 0: never
    keepalive_s          silence, amid calls, after which a sign is asked for; 0: never
    keepalive_timeout_s  how long that sign may take
    keepalive_pings      PINGs in one silence; more count as abuse at gRPC's own servers, which
                         forgive two, so that the next sign is asked for by a health check
    quiet_keepalive_s    the pause between further PINGs where the peer takes no more calls
    authority            the :authority to send; "" for the target's
    tls                  None: plaintext (h2c with prior knowledge)
    insecure             plaintext to other machines is wanted: without it that is a mistake
    """

    max_reply_bytes: int = 4 * MEGABYTE
    max_metadata_bytes: int = 16 * 1024
    stream_window_bytes: int = 256 * 1024
    connection_window_bytes: int = 16 * MEGABYTE
    connections: int = 2
    connect_s: float = 3.0
    reconnect_ms: int = 400
    resolve_s: float = 30.0
    max_age_s: float = 60.0
    keepalive_s: float = 1.5
    keepalive_timeout_s: float = 1.0
    keepalive_pings: int = 2
    quiet_keepalive_s: float = 310.0
    authority: str = ""
    tls: Tls | None = None
    insecure: bool = False
