"""The commands against services in another process: found by their state file, turned, ended."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from fake_services import state_file
from fake_services.cli import main
from fake_services.state_file import State
from generated.todos.v1 import todos_pb2 as pb

ROOT = Path(__file__).resolve().parents[2]
GET = "todos.v1.TodoService/GetTodo"


@pytest.fixture
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(state_file.FOLDER_VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


@dataclass(frozen=True, slots=True)
class Services:
    """A child process that runs services, and the first line that it printed."""

    child: subprocess.Popen[str]
    first_line: str


@pytest.fixture
def process(state_folder: Path) -> Iterator[Services]:
    """`python -m fake_services --system todos` on a free port, once it says that it runs."""
    child = subprocess.Popen(
        [sys.executable, "-m", "fake_services", "--system", "todos", "--base-port", "0"],
        cwd=ROOT,
        env={**os.environ, state_file.FOLDER_VARIABLE: str(state_folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    first_line, _ = next(child.stdout), next(child.stdout)
    yield Services(child, first_line)
    child.kill()
    child.wait()
    child.stdout.close()


def get_todo(address: str) -> str:
    """The status of one GetTodo call."""
    with grpc.insecure_channel(address) as channel:
        try:
            call: Any = channel.unary_unary(f"/{GET}")
            call(pb.GetTodoRequest(todo_id="t-1").SerializeToString(), timeout=5)
        except grpc.RpcError as error:
            return error.code().name
    return "OK"


def test_the_state_file_tells_where_services_are(process: Services, state_folder: Path) -> None:
    state = json.loads((state_folder / f"{process.child.pid}.json").read_text())

    address = state["services"]["todos.v1.TodoService"]
    assert (process.child.pid, "OK") == (state["pid"], get_todo(address))
    assert ["todos.v1.TodoService", address] == process.first_line.split()


def test_set_makes_a_running_rpc_fail_and_clear_mends_it(
    process: Services, state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state,) = state_file.alive(state_folder)
    address = state.services["todos.v1.TodoService"]

    statuses = [get_todo(address)]
    exits = [main(["set", GET, "--status", "unavailable"])]
    statuses.append(get_todo(address))
    exits.append(main(["set", GET]))
    exits.append(main(["set", GET, "--clear"]))
    statuses.append(get_todo(address))

    said = capsys.readouterr().out.splitlines()
    assert ["OK", "UNAVAILABLE", "OK"] == statuses
    assert [0, 0, 0] == exits
    assert [f"{GET}: status UNAVAILABLE"] * 2 + [f"{GET}: no fault"] == said


def test_calls_prints_the_record(
    process: Services, state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state,) = state_file.alive(state_folder)
    get_todo(state.services["todos.v1.TodoService"])

    main(["calls", "--clear"])
    main(["calls"])

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert [GET] == [call["method"] for call in first[0]["calls"]]
    assert [] == second[0]["calls"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing_behind(
    process: Services, state_folder: Path, number: signal.Signals
) -> None:
    """Even while a call is frozen."""
    (state,) = state_file.alive(state_folder)
    main(["set", GET, "--freeze"])
    asking = threading.Thread(target=get_todo, args=[state.services["todos.v1.TodoService"]])
    asking.start()

    process.child.send_signal(number)

    assert 0 == process.child.wait(5)
    assert [] == list(state_folder.iterdir())
    asking.join(5)


def test_an_unknown_rpc_fails_with_names_near_it(
    state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main(["set", "todos.v1.TodoService/getTodos", "--freeze"])
    assert "near it: todos.v1.TodoService/GetTodo" in capsys.readouterr().err


def test_without_running_services_set_says_how_to_start_them(
    state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 1 == main(["set", GET, "--freeze"])
    assert "start it: python -m fake_services" in capsys.readouterr().err


def test_the_file_of_a_dead_process_is_removed(state_folder: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    path = state_file.path_of(dead.pid, state_folder)
    state_file.write(State(pid=dead.pid, control="127.0.0.1:1", services={}), path)

    assert [] == state_file.alive(state_folder)
    assert not path.exists()


def test_a_file_whose_pid_belongs_to_somebody_else_is_removed(
    state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The process lives, but nothing answers at its control address."""
    path = state_file.path_of(os.getpid(), state_folder)
    services = {"todos.v1.TodoService": "127.0.0.1:1"}
    state_file.write(State(pid=os.getpid(), control="127.0.0.1:1", services=services), path)

    assert 1 == main(["set", GET, "--freeze"])
    assert not path.exists()
