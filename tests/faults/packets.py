"""Packets that vanish: the kernel's packet filter drops what comes from a port.

Why       A proxy that stalls still acknowledges every byte; a cable that was pulled does not.
Called by scenarios/unreachable.py, scenarios/half_open.py.
Never     touches another port's packets; leaves no table behind.
Source    nft(8). It needs root, and a kernel that knows nf_tables.
"""

import shutil
import subprocess
from pathlib import Path

from tests.faults.scenario import Impossible

TABLE = """
table inet {name} {{
  chain in {{
    type filter hook input priority 0;
    tcp sport {port} {peers} drop
  }}
}}
"""
CONNECTIONS = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED = "01"


class Drop:
    """Of all that a service on this port sends: to everybody, or to those who are connected when it
    begins. Raises Impossible where nobody may.
    """

    def __init__(self, port: int, *, connected: bool = False) -> None:
        self._port, self._connected = port, connected
        self._name = f"faults_{port}"
        self.end()

    def __repr__(self) -> str:
        return f"<Drop {self._name}>"

    def begin(self) -> None:
        peers = ""
        if self._connected:
            told = (it.read_text(encoding="ascii") for it in CONNECTIONS if it.exists())
            found = {port for text in told for port in peers_of(self._port, text)}
            assert found, "nobody is connected"
            peers = f"tcp dport {{ {', '.join(map(str, found))} }}"
        _nft(TABLE.format(name=self._name, port=self._port, peers=peers))

    def end(self) -> None:
        """Also where it never began."""
        _nft(f"table inet {self._name}\ndelete table inet {self._name}\n")


def peers_of(port: int, connections: str) -> list[int]:
    r"""The ports at the other ends of a port's connections, as /proc/net/tcp has them.

    >>> peers_of(80, "head\n0: 0100007F:0050 0100007F:C350 01\n1: 0100007F:0050 00000000:0000 0A")
    [50000]
    """
    rows = (line.split() for line in connections.splitlines()[1:])
    ends = ((row[1].split(":")[1], row[2].split(":")[1]) for row in rows if row[3] == _ESTABLISHED)
    return sorted(int(there, 16) for here, there in ends if int(here, 16) == port)


def _nft(text: str) -> None:
    program = shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin") or "nft"
    try:
        subprocess.run([program, "-f", "-"], input=text.encode(), capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Impossible("packets can't be dropped: no nft, or it may not") from error
