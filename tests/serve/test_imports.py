"""What a BFF does not use, it does not import: a worker of transcoded rpcs has some 40 MB, not 70.

Each case is a process of its own, for what pytest has imported says nothing.
"""

import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from fake_services.demo_keys import demo_keys

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "generated" / "descriptors.binpb"
HEAVY = (
    "bff.publish.openapi",
    "cryptography",
    "fastapi",
    "grpc",
    "jwt",
    "pydantic",
    "pydantic_core",
    "websockets",
)
ISSUER = """
[[issuers]]
issuer = "https://issuer.test"
audience = "bff"
keys = "jwks.json"
"""
SCREEN = """
from bff.compose.view import View, call
from generated.todos.v1.todos_client import TodoServiceClient

class First(View, get="/v1/first", client="web", access="public", deadline_ms=500):
    \"\"\"The first todo.\"\"\"

    title: str = call(TodoServiceClient.get_todo, todo_id="t-1").title
"""
BOOT = """
import asyncio, json, sys
from pathlib import Path
from bff.app import assemble
from bff.cli import settings_of
from bff.listening import connections_of, listener
from bff.settings import Overrides, load
from bff.sources import read_sources
from bff.telemetry.metrics import Metrics
from bff.terms.events import silence

async def boot(file, descriptors, target, handlers):
    overrides = Overrides(
        descriptors=(descriptors,),
        services=(("*", target),),
        keys=(("server.handlers", handlers), ("transport.insecure", "true")),
        open_access=True,
    )
    settings = load(Path(file), environment={}, overrides=overrides)
    sources = await read_sources(settings)
    bff = assemble(settings, emit=silence, metrics=Metrics(), sources=sources)
    for app, public in ((bff.public, True), (bff.admin, False)):
        door = connections_of(
            settings, emit=silence, blueprint=lambda: bff.blueprint, public=public
        )
        listener(app, settings, door).config.load()
    async with bff.running():
        return len(bff.blueprint.endpoints)

routes = asyncio.run(boot(*sys.argv[1:]))
print(json.dumps([routes, sorted(sys.modules)]))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "bff.toml"
    made.touch()
    return made


def unstreamed(folder: Path) -> Path:
    """The demo's descriptor set without the rpcs that stream their answers."""
    found = FileDescriptorSet.FromString(DEMO.read_bytes())
    for service in (service for file in found.file for service in file.service):
        kept = [rpc for rpc in service.method if not rpc.server_streaming]
        del service.method[:]
        service.method.extend(kept)
    made = folder / "descriptors.binpb"
    made.write_bytes(found.SerializeToString())
    return made


async def heavy_imports(
    file: Path,
    *,
    descriptors: Path | None = None,
    target: str = "127.0.0.1:1",
    handlers: str = "",
) -> list[str]:
    """The heavy packages that are there when a descriptor set is ready to be served."""
    words = (str(file), str(descriptors or unstreamed(file.parent)), target, handlers)
    path = os.pathsep.join(map(str, (ROOT, file.parent)))
    process = await create_subprocess_exec(
        sys.executable, "-c", BOOT, *words, stdout=PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    out, _ = await process.communicate()
    routes, modules = json.loads(out)
    assert routes > 10
    return [one for one in HEAVY if one in modules]


@pytest.mark.parametrize("target", ["127.0.0.1:1", "https://127.0.0.1:1", "unix:bff.sock"])
async def test_a_bff_of_transcoded_rpcs_imports_no_framework_no_grpcio_and_no_cryptography(
    file, target
):
    assert [] == await heavy_imports(file, target=target)


async def test_a_view_needs_no_pydantic(file):
    (file.parent / "screens").mkdir()
    (file.parent / "screens" / "__init__.py").touch()
    (file.parent / "screens" / "home.py").write_text(SCREEN)
    file.write_text('[contract]\nviews = ["screens"]')
    assert [] == await heavy_imports(file)


async def test_grpcio_is_there_for_the_names_that_only_it_can_resolve(file):
    assert ["grpc"] == await heavy_imports(file, target="xds:///todos")


async def test_websockets_are_there_for_whoever_streams(file):
    assert ["websockets"] == await heavy_imports(file, descriptors=DEMO)


async def test_fastapi_is_there_for_a_team_that_uses_it(file):
    found = await heavy_imports(file, handlers="tests.edge.a_team:app")
    assert ["fastapi", "pydantic", "pydantic_core", "websockets"] == found


async def test_cryptography_is_there_for_whoever_checks_tokens(file):
    demo_keys(file.parent)
    file.write_text(ISSUER)
    assert ["cryptography", "jwt"] == await heavy_imports(file)
