"""The whole demo: services and BFF as two children, until Ctrl-C.

Why       A newcomer types `make demo` and has something to call within seconds.
Called by `python -m fake_services demo`, which `make demo` runs.
Never     leaves a process, a port or a state file behind; the logs stay, in `.run/`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fake_services import state_file
from fake_services.demo_keys import demo_keys
from fake_services.server import FIRST_PORT, LOOPBACK, free_ports
from fake_services.state_file import ROOT
from fake_services.systems import descriptors
from fake_services.tokens import token

BFF_PORT: Final = 8080
ADMIN_PORT: Final = 8081
READY_WITHIN_S = 30.0
_POLL_S = 0.05
_GRACE_S = 5.0
_SHOWN_LINES = 40
_SLOW_RPC: Final = "shortener.links.v1.LinkService/ListLinks"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """Ports; 0 means the usual one, or the next free one after it.

    bff   the module to run as the BFF; tests bring a stand-in
    logs  where both children write, and tests have their own
    """

    port: int = 0
    admin_port: int = 0
    base_port: int = FIRST_PORT
    bff: str = "bff"
    logs: Path = ROOT / ".run"


class ChildDied(RuntimeError):
    """A child ended, or did not get ready, before anybody told it to end."""


class Ended(Exception):
    """Somebody pressed Ctrl-C while the demo was starting."""


@dataclass(frozen=True, slots=True)
class Child:
    """One process, and the file that it writes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raises ChildDied, with the end of what it wrote."""
        status = self.process.poll()
        if status is not None:
            raise ChildDied(f"{self.name} ended with status {status}:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of the log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_SHOWN_LINES:])


def run_demo(options: DemoOptions) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status: 1 when a child died by itself."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    with ExitStack() as stack:
        try:
            _run(options, ended, stack)
        except Ended:
            pass
        except ChildDied as died:
            print(died, file=sys.stderr)
            return 1
    print("The demo has ended.", flush=True)
    return 0


def _run(options: DemoOptions, ended: threading.Event, stack: ExitStack) -> None:
    demo_keys()
    config = (ROOT / "bff.toml").read_text(encoding="utf-8")
    line = ["--base-port", str(options.base_port), *empty_arguments(config)]
    services = stack.enter_context(_child("fake_services", line, options.logs))
    state = _state(services, ended)
    ports = choose_ports(options)
    arguments = [*bff_arguments(ports, state.services), *login_arguments(ports, state.provider)]
    bff = stack.enter_context(_child(options.bff, arguments, options.logs))
    _wait_for(lambda: is_ready(ports[0]), bff, ended)
    print(welcome(ports, state.services, bff.log), flush=True)
    while not ended.wait(_POLL_S):
        services.check()
        bff.check()


def empty_arguments(config: str) -> list[str]:
    """A service of bff.toml that nobody fakes yet runs all the same, and can do nothing."""
    faked = {service.full_name for service in descriptors()}
    named = tomllib.loads(config).get("services", {})
    return [f"--empty={name}" for name in named if name not in faked and name != "*"]


def choose_ports(options: DemoOptions) -> tuple[int, int]:
    """The BFF's port and its admin port: as told, or free ones."""
    port = options.port or next(free_ports(BFF_PORT, LOOPBACK))
    free = (found for found in free_ports(ADMIN_PORT, LOOPBACK) if found != port)
    return port, options.admin_port or next(free)


def bff_arguments(ports: tuple[int, int], addresses: Mapping[str, str]) -> list[str]:
    """The BFF's command line, after `python -m bff`."""
    line = ["serve", "--config", "bff.toml", "--port", str(ports[0]), "--admin-port", str(ports[1])]
    for name, address in sorted(addresses.items()):
        line += ["--service", f"{name}={address}"]
    line += ["--set", "lame_duck_s=0"]  # nobody sends traffic to a demo that ends
    return [*line, "--set", "server.handlers=fake_services.page:app"]


def login_arguments(ports: tuple[int, int], provider: str) -> list[str]:
    """Where people sign in, and where browsers find the BFF: by name, for a browser keeps a cookie
    that is Secure for http://localhost as it does for https.
    """
    return [
        "--set",
        f"login.issuer={provider}",
        "--set",
        f"login.origin=http://localhost:{ports[0]}",
    ]


def welcome(ports: tuple[int, int], addresses: Mapping[str, str], log: Path) -> str:
    """What the newcomer reads; each command stands alone on its line."""
    bff, admin = (f"http://{LOOPBACK}:{port}" for port in ports)
    services = [f"  {name:<48} {address}" for name, address in sorted(addresses.items())]
    ada = token("ada", demo_keys())
    turn = f"{seen_from_root(Path(sys.executable))} -m fake_services set {_SLOW_RPC}"
    lines = [
        "Services:",
        *services,
        "",
        f"BFF     {bff}",
        f"Admin   {admin}",
        f"Docs    {bff}/docs",
        f"Page    http://localhost:{ports[0]}/ (three clients; sign in as ada, bob or cleo)",
        f"Log     {seen_from_root(log)}",
        "",
        "Ask for a dashboard, as the user ada:",
        f"curl -s -H 'Authorization: Bearer {ada}' {bff}/mobile/v1/dashboard",
        "",
        "Make a service slow, then mend it:",
        f"{turn} --delay-ms 2000",
        f"{turn} --clear",
        "",
        "Ctrl-C ends everything.",
    ]
    return "\n".join(lines)


def seen_from_root(path: Path) -> str:
    """The path to type in the repository's folder; a symlink stays what it is."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def is_ready(port: int) -> bool:
    """True when the BFF's /readyz says so.  Never goes through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{LOOPBACK}:{port}/readyz", timeout=1) as reply:
            return bool(reply.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def _state(services: Child, ended: threading.Event) -> state_file.State:
    """Where the services and the identity provider listen, once they do."""
    pid = services.process.pid
    path = state_file.path_of(pid, state_file.folder())
    _wait_for(path.exists, services, ended)
    return next(state for state in state_file.alive(path.parent) if state.pid == pid)


def _wait_for(ready: Callable[[], bool], child: Child, ended: threading.Event) -> None:
    until_s = time.monotonic() + READY_WITHIN_S
    while not ready():
        child.check()
        if time.monotonic() > until_s:
            sentence = f"{child.name} was not ready after {READY_WITHIN_S:.0f} s"
            raise ChildDied(f"{sentence}:\n{child.last_words()}")
        if ended.wait(_POLL_S):
            raise Ended


@contextmanager
def _child(module: str, arguments: list[str], logs: Path) -> Iterator[Child]:
    """A `python -m module` in its own group, which is gone when the block ends."""
    logs.mkdir(exist_ok=True)
    log = logs / f"{module}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for us alone: we end the children in order.
            start_new_session=True,
        )
    try:
        yield Child(module, process, log)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the child's whole group to end, then insist."""
    _tell_group(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_S)
    # Whatever is left of the group, when the child itself is gone already.
    _tell_group(process.pid, signal.SIGKILL)
    process.wait()


def _tell_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, number)
