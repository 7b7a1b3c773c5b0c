"""Readings and figures to try the benchmark's arithmetic on."""

from bench.figures import Reading


def reading(
    server: str = "FastAPI",
    *,
    case: str = "unary-0.5k",
    connections: int = 32,
    requests: int = 1000,
    cpu_s: float = 0.5,
    rss_mb: float = 40.0,
    errors: int = 0,
) -> Reading:
    """One second of load."""
    return Reading(
        server=server,
        case=case,
        connections=connections,
        requests=requests,
        elapsed_s=1.0,
        p50_us=100.0,
        p99_us=200.0,
        errors=errors,
        cpu_s=cpu_s,
        rss_mb=rss_mb,
    )
