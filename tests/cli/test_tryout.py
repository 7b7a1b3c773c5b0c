"""`bff try`: what it says where nothing answers, and how it prints JSON."""

import json
import sys
from pathlib import Path

import pytest

from bff.cli import main
from bff.terms.codes import Code
from bff.terms.events import CallFinished
from bff.terms.silence import UNREACHABLE
from bff.tryout import nobody_answers
from tests.serve.library import SERVICE, write_protos

UNANSWERED = ["--protos", "protos", "--auth", "none", "--service", "*=127.0.0.1:1"]
HINT = "no service there? start it (the demo's: python -m fake_services), or say where it is:"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_protos(tmp_path / "protos")


def test_where_no_service_answers_the_last_line_says_what_to_do(capsys):
    assert 1 == main(["try", "GET", "/v1/shelves/a/books/b", *UNANSWERED])
    said = capsys.readouterr()
    assert 503 == json.loads(said.out)["status"]
    assert f"{HINT} --service {SERVICE}=HOST:PORT" == said.err.splitlines()[-1]


def test_a_mistake_of_the_request_is_not_blamed_on_services(capsys):
    assert 1 == main(["try", "GET", "/v1/nothing", *UNANSWERED])
    assert HINT not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([(Code.UNAVAILABLE, UNREACHABLE), (Code.CANCELLED, "")], "a.B"),
        ([(Code.UNAVAILABLE, UNREACHABLE), (Code.OK, "")], ""),
        ([(Code.NOT_FOUND, "")], ""),
        ([], ""),
    ],
)
def test_one_service_that_answers_is_enough(ends, told):
    calls = [CallFinished("a.B", "C", code, 0.1, "r-1", reason) for code, reason in ends]
    assert told == nobody_answers(calls)


def test_a_person_reads_json_in_lines_and_a_program_as_it_came(capsys, monkeypatch):
    asked = ["try", "GET", "/v1/nothing", *UNANSWERED]
    main(asked)
    plain = capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(asked)
    lined = capsys.readouterr().out

    assert list(json.loads(plain)) == list(json.loads(lined))
    assert (1, '{\n  "') == (len(plain.splitlines()), lined[:5])
