"""Handlers that a team writes by hand: found by name, started with us, told apart by nobody."""

import pytest

from bff.compose.blueprint import Blueprint
from bff.edge.by_hand import ByHand, named
from bff.edge.front import Front, Gate
from bff.edge.problem import Problems
from bff.edge.shell import shell
from bff.terms.events import Crashed, RequestFinished
from bff.terms.mistakes import ContractMistakes
from tests.edge import a_team
from tests.edge.asked import Asked, asked
from tests.edge.conftest import _admit

PROBLEM = "application/problem+json"


def front(name: str, told: list) -> tuple[ByHand, Front]:
    behind = ByHand(f"tests.edge.a_team:{name}", Problems())
    gate = Gate(admit=_admit, challenge=lambda refused: "Bearer")
    blueprint = Blueprint((), title="test", version="1")
    return behind, Front(blueprint, shell=shell((), beyond=behind), gate=gate, emit=told.append)


async def answer(path: str, *, of: str = "app", told: list | None = None) -> Asked:
    behind, door = front(of, [] if told is None else told)
    async with behind.running():
        return await asked(door, path)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("tests.edge.a_team", 'write it as "package.module:app"'),
        (".a_team:app", 'write it as "package.module:app"'),
        ("tests.edge.a_tame:app", "no module tests.edge.a_tame: correct it, or add its folder"),
        ("nowhere.a_team:app", "no module nowhere: correct it, or add its folder"),
        ("tests.edge.a_team:ape", "tests.edge.a_team has no ASGI app ape"),
        ("tests.edge.a_team:not_an_app", "tests.edge.a_team has no ASGI app not_an_app"),
    ],
)
def test_a_wrong_name_is_a_mistake_that_says_what_to_do(name, what):
    with pytest.raises(ContractMistakes) as mistakes:
        named(name)
    (one,) = mistakes.value.exceptions
    assert what in str(one)
    assert str(one).endswith("@ server.handlers")


def test_a_bug_inside_of_the_module_keeps_its_own_traceback(tmp_path, monkeypatch):
    """Its own import of what is not installed is no wrong name of ours."""
    (tmp_path / "team_with_a_bug.py").write_text("import nothing_of_this_name")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        named("team_with_a_bug:app")


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/hand/404", 404, "The shelf has no such book."),
        ("/nothing", 404, "There is nothing at this path."),
        ("/hand/400", 400, "/number: send another"),
        ("/hand/x", 422, "Some fields have wrong values."),
        ("/hand/0", 500, "The request may be fine: something behind this server failed."),
        ("/hand/503", 503, "A service is unavailable"),
    ],
)
async def test_er8_every_error_of_a_fastapi_app_is_a_problem_document(path, status, detail):
    found = await answer(path)
    assert (status, PROBLEM) == (found.status, found.headers["content-type"])
    assert detail in found.json["detail"]
    assert f"urn:request:{found.headers['x-request-id']}" == found.json["instance"]
    assert b"10.0.0.7" not in found.body


async def test_a_401_of_an_app_says_how_to_sign_in():
    """RFC 9110 section 15.5.2."""
    found = await answer("/hand/401")
    assert (401, "Bearer") == (found.status, found.headers["www-authenticate"][:6])


async def test_what_a_team_answers_its_own_exceptions_with_stays():
    found = await answer("/hand/409")
    assert (409, {"taste": "sour"}) == (found.status, found.json)


async def test_the_lifespan_of_the_app_is_ours():
    """It is open while we run, its state is with each request, and it is closed behind us."""
    behind, door = front("app", [])
    async with behind.running():
        found = await asked(door, "/tables")
        state = behind._state
    assert ["open"] == found.json
    assert {"tables": ["open", "closed"]} == state


async def test_a_bug_in_an_app_without_a_framework_is_a_500_and_told_as_a_crash():
    told: list = []
    found = await answer("/any", of="bare", told=told)
    assert (500, PROBLEM) == (found.status, found.headers["content-type"])
    assert [Crashed, RequestFinished] == [type(one) for one in told]
    assert "ZeroDivisionError: /any" in told[0].traceback
    assert (500, len(found.body)) == (told[1].status, told[1].sent_bytes)


async def test_a_bug_in_a_fastapi_handler_is_told_as_a_crash_too():
    told: list = []
    await answer("/hand/0", told=told)
    assert [Crashed, RequestFinished] == [type(one) for one in told]


async def test_an_app_that_can_not_start_is_a_mistake_with_its_own_words():
    behind, _door = front("stubborn", [])
    with pytest.raises(ContractMistakes, match="mistakes") as mistakes:
        async with behind.running():
            pytest.fail("it does not run")
    assert ["tests.edge.a_team:stubborn does not start: no database at db:5432"] == list(
        mistakes.value.whats
    )


async def test_a_reloaded_bff_tells_errors_in_its_own_shape():
    """The app's module is the same object for both: the newest one's settings hold."""
    from bff.contract.reply.error_document import ErrorDocuments

    await answer("/nothing")
    behind = ByHand("tests.edge.a_team:app", Problems(ErrorDocuments(shape="status")))
    found = await asked(shell((), beyond=behind), "/nothing")
    assert (404, 5) == (found.status, found.json["code"])
    assert a_team.app is behind._app
