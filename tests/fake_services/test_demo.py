"""The demo's orchestrator: what it starts, what it prints, and that it leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fake_services import state_file
from fake_services.demo import (
    DemoOptions,
    bff_arguments,
    choose_ports,
    empty_arguments,
    login_arguments,
    welcome,
)

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = "shortener.links.v1.LinkService"

# Answers /readyz as the BFF does, and writes down what it was told.
STAND_IN = """
import http.server, sys
port = int(sys.argv[sys.argv.index("--port") + 1])
open({told!r}, "w").write(" ".join(sys.argv[1:]))
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", port), Ready).serve_forever()
"""
DYING = "import sys; sys.exit('the config has a mistake')"
RUN = """
import sys
from fake_services.demo import DemoOptions, run_demo
from pathlib import Path
options = DemoOptions(
    port={port}, admin_port=1, base_port=0, bff="stand_in", logs=Path({logs!r})
)
sys.exit(run_demo(options))
"""


class Demo:
    """A running demo with a stand-in for the BFF."""

    def __init__(self, folder: Path, stand_in: str) -> None:
        self.state, self.told = folder / "state", folder / "told"
        (folder / "stand_in.py").write_text(stand_in.format(told=str(self.told)))
        paths = os.pathsep.join([str(ROOT), str(folder)])
        environ = {"PYTHONPATH": paths, state_file.FOLDER_VARIABLE: str(self.state)}
        logs = str(folder / "logs")
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN.format(port=free_port(), logs=logs)],
            cwd=folder,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read_until(self, words: str) -> str:
        """What it prints, up to the line with these words."""
        assert self.process.stdout
        read = ""
        for line in self.process.stdout:
            read += line
            if words in line:
                break
        return read


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_process_and_no_state_file(tmp_path: Path, number: signal.Signals) -> None:
    demo = Demo(tmp_path, STAND_IN)
    printed = demo.read_until("Ctrl-C")
    (state,) = state_file.alive(demo.state)
    assert is_alive(state.pid)

    demo.process.send_signal(number)
    _, errors = demo.process.communicate(timeout=10)

    assert (0, "") == (demo.process.returncode, errors)
    assert (False, []) == (is_alive(state.pid), list(demo.state.iterdir()))
    assert "curl -s -H 'Authorization: Bearer " in printed
    assert f"--service {DASHBOARD}={state.services[DASHBOARD]}" in demo.told.read_text()


def test_a_bff_that_dies_is_quoted_and_ends_the_demo(tmp_path: Path) -> None:
    demo = Demo(tmp_path, DYING)

    _, errors = demo.process.communicate(timeout=20)

    assert 1 == demo.process.returncode
    assert "the config has a mistake" in errors
    assert [] == list(demo.state.iterdir())


def test_the_bff_is_told_each_service_in_order() -> None:
    line = bff_arguments((1, 2), {"b.B": "h:2", "a.A": "h:1"})

    assert "serve --config bff.toml --port 1 --admin-port 2" == " ".join(line[:7])
    assert ["--service", "a.A=h:1", "--service", "b.B=h:2"] == line[7:11]


def test_a_service_that_nobody_fakes_yet_runs_all_the_same() -> None:
    config = f'[services]\n"{DASHBOARD}" = "h:1"\n"a.New" = "h:2"\n"*" = "h:3"\n'
    assert ["--empty=a.New"] == empty_arguments(config)


def test_fixed_ports_are_kept_and_others_differ() -> None:
    port, admin_port = choose_ports(DemoOptions(port=8081))

    assert (8081, True) == (port, admin_port > 8081)


def test_each_command_stands_alone_on_its_line() -> None:
    """Ready to paste: nothing before it, nothing after it, and the interpreter is spelt out."""
    lines = welcome((8080, 8081), {DASHBOARD: "h:1"}, Path("bff.log")).splitlines()

    assert 1 == sum(
        bool(re.fullmatch(r"curl -s -H '.+' http://\S+/mobile/v1/dashboard", line))
        for line in lines
    )
    assert 2 == sum(
        bool(re.match(r"\S*python\S* -m fake_services set \S+ --", line)) for line in lines
    )


def test_the_bff_is_told_where_people_sign_in_and_where_browsers_find_it() -> None:
    """By name: a browser keeps a Secure cookie of http://localhost."""
    line = login_arguments((8080, 8081), "http://localhost:8090")
    page = welcome((8080, 8081), {DASHBOARD: "h:1"}, Path("bff.log"))

    assert "--set login.issuer=http://localhost:8090" == " ".join(line[:2])
    assert "--set login.origin=http://localhost:8080" == " ".join(line[2:])
    assert "Page    http://localhost:8080/ " in page
