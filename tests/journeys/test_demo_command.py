"""The demo as a newcomer starts it: one command, a curl to paste, and nothing left behind."""

import json
import os
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest

from tests.demo_process import demo_process


@pytest.fixture(scope="module")
def running_demo(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running demo, and what it printed."""
    with demo_process(tmp_path_factory.mktemp("state")) as found:
        yield found


def test_the_printed_curl_works_as_it_stands(running_demo):
    _, printed = running_demo
    token, url = re.search(
        r"^curl -s -H 'Authorization: (.+)' (\S+)$", printed, re.MULTILINE
    ).groups()

    request = urllib.request.Request(url, headers={"Authorization": token})
    with urllib.request.urlopen(request) as answer:
        assert "Ada Lovelace" == json.load(answer)["user"]["name"]


def test_the_documents_are_where_it_says(running_demo):
    _, printed = running_demo
    docs = re.search(r"^Docs\s+(\S+)$", printed, re.MULTILINE)[1]
    with urllib.request.urlopen(docs) as answer:
        assert b"openapi.json" in answer.read()


def test_ctrl_c_ends_it_and_leaves_no_port(running_demo):
    process, printed = running_demo
    ports = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", printed)}
    os.kill(process.pid, signal.SIGINT)

    assert 0 == process.wait(timeout=20)
    assert len(ports) > 16
    for port in ports:
        with socket.socket() as probe:
            assert 0 != probe.connect_ex(("127.0.0.1", port))
