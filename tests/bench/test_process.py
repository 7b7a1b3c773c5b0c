"""What a process costs is read from /proc: every thread, every child."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bench.places import Cores, environment, free_ports, pinned
from bench.process import rss_kib, run_ns, started, tree

linux = pytest.mark.skipif(sys.platform != "linux", reason="the benchmark runs on Linux alone")


def proc(folder: Path, pid: int, *, children: str = "") -> Path:
    """A made-up /proc/PID."""
    task = folder / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    Path(task, "children").write_text(children)
    return folder / str(pid)


def test_the_whole_tree_is_found(tmp_path):
    top = proc(tmp_path, 7, children="8 9 ")
    proc(tmp_path, 8, children="10 ")
    for pid in (9, 10):
        proc(tmp_path, pid)
    assert ["7", "8", "10", "9"] == [one.name for one in tree(top)]


def test_a_child_that_ended_meanwhile_is_no_error(tmp_path):
    top = proc(tmp_path, 7, children="8 ")
    assert ["7", "8"] == [one.name for one in tree(top)]


def test_schedstat_begins_with_nanoseconds_on_a_core():
    assert 63_975 == run_ns("63975 120 4\n")


def test_resident_memory_is_read_in_kib():
    assert 4_512 == rss_kib("Name:\tbff\nVmPeak:\t 9000 kB\nVmRSS:\t    4512 kB\n")


def test_a_process_that_ended_holds_no_memory():
    assert 0 == rss_kib("Name:\tbff\nState:\tZ (zombie)\n")


def is_alive(pid: int) -> bool:
    """Neither gone, nor a zombie that nobody fetched."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


@linux
def test_children_of_a_child_are_counted_and_ended_with_it(tmp_path, monkeypatch):
    """A shell that starts another process: both are in the sum, and neither outlives the block
    (a test that waits for ever ends with its time-out).
    """
    monkeypatch.setattr("bench.process.LOGS", tmp_path)
    script = "sleep 600 & echo $!; wait"
    with started("a shell", ["/bin/sh", "-c", script], core=None, env=os.environ) as process:
        while not process.log.read_bytes().endswith(b"\n"):
            assert process.child.poll() is None
        grandchild = int(process.log.read_text())
        own_mb = rss_kib(Path(f"/proc/{process.child.pid}/status").read_text()) / 1024
        assert process.rss_mb() >= own_mb > 0
        assert process.cpu_s() > 0
    assert process.child.returncode is not None
    while is_alive(grandchild):
        os.sched_yield()


@linux
def test_a_core_is_pinned_for_children_and_given_back():
    before = os.sched_getaffinity(0)
    core = min(before)
    ask = [sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"]
    with pinned(core):
        told = subprocess.run(ask, check=True, capture_output=True, text=True).stdout
    assert (str(core), before) == (told.strip(), os.sched_getaffinity(0))


@linux
def test_on_one_core_nothing_is_pinned(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3})
    assert Cores(None, None) == Cores.found()


@linux
def test_the_server_has_a_core_for_itself(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {5, 2, 9})
    assert Cores(server=2, rest=5) == Cores.found()


def test_free_ports_are_all_different():
    assert 20 == len(set(free_ports(20)))


def test_free_ports_are_none_that_a_connection_could_get():
    """Linux gives connections ports from 32768 on."""
    assert 32_768 > max(free_ports(50))


def test_settings_of_this_shell_do_not_reach_the_measured_server(monkeypatch):
    monkeypatch.setenv("BFF_SERVER_PORT", "1")
    assert not [name for name in environment() if name.startswith("BFF_")]
