"""A generated client, called against a Caller that records."""

import inspect
import shutil
import subprocess
import sys
from collections.abc import AsyncIterable, AsyncIterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty

from bff.codegen import generate
from bff.contract.client import Rep, Req, Rpc, carried

ROOT = Path(__file__).resolve().parents[2]


class Recorder:
    """A Caller that remembers what it was asked, and answers with empty replies."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []

    async def unary(self, rpc: Rpc[Req, Rep], request: Req, /) -> Rep:
        self.asked.append(("unary", rpc.path, request))
        return rpc.reply()

    async def server_stream(self, rpc: Rpc[Req, Rep], request: Req, /) -> AsyncIterator[Rep]:
        self.asked.append(("server_stream", rpc.path, request))
        yield rpc.reply()

    async def client_stream(self, rpc: Rpc[Req, Rep], requests: AsyncIterable[Req], /) -> Rep:
        self.asked.append(("client_stream", rpc.path, [it async for it in requests]))
        return rpc.reply()

    async def bidi(self, rpc: Rpc[Req, Rep], requests: AsyncIterable[Req], /) -> AsyncIterator[Rep]:
        self.asked.append(("bidi", rpc.path, [it async for it in requests]))
        yield rpc.reply()


@pytest.fixture
def notes(sample_package: str) -> ModuleType:
    return import_module(f"{sample_package}.codegensample.notes.v1.notes_client")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(notes: ModuleType, recorder: Recorder) -> Any:
    return notes.NoteServiceClient(recorder)


async def several(*items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


async def test_a_unary_call_builds_the_request_and_returns_the_reply(
    client: Any, notes: ModuleType, recorder: Recorder
) -> None:
    request = notes.notes_pb2.GetNoteRequest(note_id="n-1", state="STATE_OPEN")
    reply = await client.get_note(note_id="n-1", state=notes.basics_pb2.Note.STATE_OPEN)

    assert [("unary", "/codegensample.notes.v1.NoteService/GetNote", request)] == recorder.asked
    assert notes.basics_pb2.Note() == reply


async def test_what_is_not_given_is_not_set(
    client: Any, notes: ModuleType, recorder: Recorder
) -> None:
    await client.list_notes()

    assert [] == recorder.asked[0][2].ListFields()


async def test_lists_maps_enums_and_messages_arrive(
    client: Any, notes: ModuleType, recorder: Recorder
) -> None:
    note = notes.basics_pb2.Note(id="n-1")
    high = notes.basics_pb2.URGENCY_HIGH
    await client.list_notes(
        tags=("a", "b"), by_name={"x": note}, urgencies=[high], page_size=3, like=note
    )

    expected = notes.notes_pb2.ListNotesRequest(
        tags=["a", "b"], by_name={"x": note}, urgencies=[high], page_size=3, like=note
    )
    assert expected == recorder.asked[0][2]


async def test_keywords_and_clashes_get_an_underscore(
    client: Any, notes: ModuleType, recorder: Recorder
) -> None:
    """`basics_pb2` is also the name of a module that the client imports."""
    await client.import_(from_="1", class_=2, self_="3", basics_pb2_="4", requests="5")
    asked = recorder.asked[0][2]

    assert ["1", 2, "3", "4", "5"] == [value for _, value in asked.ListFields()]


async def test_an_empty_request_takes_no_parameter(client: Any, recorder: Recorder) -> None:
    assert Empty() == await client.ping()
    assert ("unary", "/codegensample.notes.v1.NoteService/Ping", Empty()) == recorder.asked[0]


async def test_a_server_stream_is_iterated_without_await(
    client: Any, notes: ModuleType, recorder: Recorder
) -> None:
    replies = [note async for note in client.watch_notes(page_size=1)]

    assert [notes.basics_pb2.Note()] == replies
    assert ["server_stream"] == [kind for kind, _, _ in recorder.asked]


async def test_a_client_stream_takes_requests(
    client: Any, notes: ModuleType, recorder: Recorder
) -> None:
    note = notes.basics_pb2.Note(id="n-1")
    reply = await client.import_notes(several(note, note))

    assert [("client_stream", "/codegensample.notes.v1.NoteService/ImportNotes", [note, note])] == (
        recorder.asked
    )
    assert notes.notes_pb2.ListNotesResponse() == reply


async def test_both_streams_at_once(client: Any, notes: ModuleType, recorder: Recorder) -> None:
    request = notes.notes_pb2.GetNoteRequest(note_id="n-1")
    replies = [note async for note in client.chat(several(request))]

    assert [("bidi", "/codegensample.notes.v1.NoteService/Chat", [request])] == recorder.asked
    assert [notes.basics_pb2.Note()] == replies


def test_a_required_field_has_no_default(notes: ModuleType) -> None:
    """AIP-203 REQUIRED; LEGACY_REQUIRED of an edition and proto2's `required` are the same."""
    parameters = inspect.signature(notes.NoteServiceClient.get_note).parameters

    assert [inspect.Parameter.empty, None] == [
        parameters[it].default for it in ("note_id", "state")
    ]


@pytest.mark.parametrize(
    "module, client, method",
    [
        ("edition.v1.edition", "ThingServiceClient", "put_thing"),
        ("old.v1.old_things", "OldServiceClient", "put_old"),
    ],
)
def test_required_fields_of_old_and_new_syntax_have_no_default(
    sample_package: str, module: str, client: str, method: str
) -> None:
    found = import_module(f"{sample_package}.codegensample.{module}_client")
    parameters = inspect.signature(getattr(getattr(found, client), method)).parameters

    assert [inspect.Parameter.empty, None] == [it.default for it in list(parameters.values())[1:]]


def test_only_what_the_proto_calls_idempotent_is(notes: ModuleType) -> None:
    assert (True, False) == (notes.NOTE_SERVICE_GET_NOTE.idempotent, notes.LIST_NOTES.idempotent)


def test_a_method_says_which_rpc_it_makes_and_what_it_renamed(notes: ModuleType) -> None:
    client = notes.NoteServiceClient
    asks, renames = carried(client.get_note), carried(client.import_)

    assert asks is not None
    assert (notes.NOTE_SERVICE_GET_NOTE, {}) == (asks.rpc, dict(asks.renamed))
    assert renames is not None
    assert {"from_": "from", "class_": "class"}.items() <= renames.renamed.items()


def test_a_streaming_method_is_no_lookup(notes: ModuleType) -> None:
    assert None is carried(notes.NoteServiceClient.watch_notes)


def test_comments_become_docstrings_word_for_word(notes: ModuleType) -> None:
    client = notes.NoteServiceClient

    assert 'Keeps notes. Says "hello \\ world".' == client.__doc__
    assert (
        "Returns one note.\n\nFails with NOT_FOUND when there is none.\n\nnote_id  Which note."
        == inspect.getdoc(client.get_note)
    )
    assert "Deprecated. Old." == client.ping.__doc__


def test_methods_stand_in_the_order_of_the_proto(notes: ModuleType) -> None:
    own = [name for name in vars(notes.NoteServiceClient) if name[0] != "_" and name.islower()]

    assert [
        "get_note",
        "list_notes",
        "ping",
        "watch_notes",
        "import_notes",
        "chat",
        "import_",
    ] == own


def test_names_that_would_clash_in_the_module_are_told_apart(sample_package: str) -> None:
    """Two modules called basics_pb2; a service called Service; an rpc called Int."""
    module = import_module(f"{sample_package}.codegensample_top_client")
    v2 = module.codegensample_basics_v2_basics_pb2

    assert "codegensample.basics.v2" == module.UPGRADE.reply.DESCRIPTOR.file.package
    assert module.UPGRADE.reply is v2.Note
    assert {"upgrade", "int_"} <= vars(module.ServiceClient_).keys()


def test_a_client_says_whose_it_is(client: Any) -> None:
    assert "<NoteServiceClient of codegensample.notes.v1.NoteService>" == repr(client)


def test_clients_are_formatted_as_ruff_would(protos: Path, out: Path) -> None:
    generate(protos, out)
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    clients = [str(path) for path in (*out.rglob("*_client.py"), *out.rglob("__init__.py"))]
    done = subprocess.run(
        [ruff, "format", "--isolated", "--no-cache", "--line-length", "100", "--check", *clients],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (0, "") == (done.returncode, done.stderr)


USE = """\
from collections.abc import AsyncIterator
from generated.codegensample.basics.v1 import basics_pb2
from generated.codegensample.notes.v1.notes_client import NoteServiceClient

async def use(client: NoteServiceClient) -> None:
    reveal_type(await client.get_note(note_id="a"))
    reveal_type(client.watch_notes(tags=["x"], urgencies=[basics_pb2.URGENCY_HIGH]))
    reveal_type(await client.import_(from_="a", class_=1))
    await client.get_note()
    await client.get_note(note_id=1)
    await client.get_note(note_id="a", state=basics_pb2.URGENCY_HIGH)
"""


@pytest.mark.timeout(180)
def test_mypy_strict_accepts_the_package_and_knows_every_type(protos: Path, out: Path) -> None:
    """mypy starts from an empty cache here, which is what takes the time."""
    generate(protos, out)
    ini = "[mypy]\nstrict = True\n[mypy-google.api.*]\nfollow_untyped_imports = True\n"
    write_to = write_files(protos.parent, {"use.py": USE, "mypy.ini": ini})
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--hide-error-context", "-p", "generated", "-m", "use"],
        cwd=write_to,
        env={"MYPYPATH": f"{write_to}:{ROOT}", "PYTHONPATH": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    note = "generated.codegensample.basics.v1.basics_pb2.Note"

    client = '"get_note" of "NoteServiceClient"'
    wrong = (
        f"error: Argument {{}} to {client} has incompatible type {{}}; expected {{}}  [arg-type]"
    )
    notes_client = "generated.codegensample.notes.v1.notes_client"

    assert [
        f'use.py:6: note: Revealed type is "{note}"',
        f'use.py:7: note: Revealed type is "typing.AsyncIterator[{note}]"',
        'use.py:8: note: Revealed type is "google.api.httpbody_pb2.HttpBody"',
        f'use.py:9: error: Missing named argument "note_id" for {client}  [call-arg]',
        f'use.py:9: note: "get_note" defined in "{notes_client}"',
        "use.py:10: " + wrong.format('"note_id"', '"int"', '"str"'),
        "use.py:11: " + wrong.format('"state"', '"Urgency"', '"State | None"'),
    ] == done.stdout.splitlines()[:-1]


def write_files(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder
