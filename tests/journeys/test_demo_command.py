"""The demo as a newcomer starts it: one command, a curl to paste, and nothing left behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from tests.journeys.conftest import ROOT


@pytest.fixture(scope="module")
def demo_process(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running demo, and what it printed."""
    state = tmp_path_factory.mktemp("state")
    process = subprocess.Popen(
        [sys.executable, "-m", "fake_services", "demo"],
        cwd=ROOT,
        env={**os.environ, "FAKE_SERVICES_STATE": str(state)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("Ctrl-C"):
            break
    yield process, printed
    process.kill()
    process.stdout.close()
    process.wait()


def test_the_printed_curl_works_as_it_stands(demo_process):
    _, printed = demo_process
    token, url = re.search(
        r"^curl -s -H 'Authorization: (.+)' (\S+)$", printed, re.MULTILINE
    ).groups()

    request = urllib.request.Request(url, headers={"Authorization": token})
    with urllib.request.urlopen(request) as answer:
        assert "Ada Lovelace" == json.load(answer)["user"]["name"]


def test_the_documents_are_where_it_says(demo_process):
    _, printed = demo_process
    docs = re.search(r"^Docs\s+(\S+)$", printed, re.MULTILINE)[1]
    with urllib.request.urlopen(docs) as answer:
        assert b"openapi.json" in answer.read()


def test_ctrl_c_ends_it_and_leaves_no_port(demo_process):
    process, printed = demo_process
    ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", printed)}
    os.kill(process.pid, signal.SIGINT)

    assert 0 == process.wait(timeout=20)
    assert len(ports) > 16
    for port in ports:
        with socket.socket() as probe:
            assert 0 != probe.connect_ex(("127.0.0.1", port))
