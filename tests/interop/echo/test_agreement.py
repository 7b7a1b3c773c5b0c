"""Both transports against grpc-go, an HTTP/2 of its own: all scenarios of tests/transport."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.transport.scenarios import Scenario, scenarios

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once, from pinned modules; the first time it may take a minute."""
    made = tmp_path_factory.mktemp("echo") / "echo"
    build = ["go", "build", "-mod=readonly", "-o", str(made), "."]
    built = subprocess.run(build, cwd=HERE, check=False, capture_output=True, text=True)
    assert 0 == built.returncode, built.stderr
    return made


@pytest.fixture
def address(program: Path) -> Iterator[str]:
    """A server of its own for each test; it ends with its standard input."""
    pipe = subprocess.PIPE
    with subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        assert server.stdin is not None
        server.stdin.close()
        assert 0 == server.wait()


@pytest.mark.timeout(300)  # the first test builds the server
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda it: it.__name__)
async def test_with_grpc_gos_server(scenario: Scenario, connect, address):
    await scenario(connect(address))
