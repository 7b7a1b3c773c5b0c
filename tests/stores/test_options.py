"""What an operator may say of the store, and what nobody is ever shown."""

import importlib.util

import pytest

from bff.stores.options import StoreOptions
from bff.stores.shelves import Shelves
from bff.terms.mistakes import ContractMistake, ContractMistakes

URL = "rediss://bff:a-secret@cache.example:6380/1?ssl_ca_certs=/ca.pem"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("", "memory"),
        ("redis://localhost", "redis://localhost"),
        (URL, "rediss://cache.example:6380/1"),
        ("redis://:p@ss@[::1]:6379/0", "redis://[::1]:6379/0"),
        ("unix://:a-secret@/run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_its_place_is_told_without_the_password(url: str, place: str):
    assert place == StoreOptions(url=url).place


@pytest.mark.parametrize(
    "url",
    [
        ":a-secret@cache.example:6379",
        "http://:a-secret@cache.example",
        "redis://:a-secret@",
        "redis://:a-secret@host:0",
        "redis://:a-secret@host:port",
        "redis://:a-secret@host/users",
        "unix://:a-secret@",
        "redis://:a-secret@[::1",
    ],
)
def test_a_url_that_is_none_is_a_mistake_that_does_not_tell_the_password(url: str):
    with pytest.raises(ContractMistake) as mistake:
        StoreOptions(url=url)
    assert ("store.url", False) == (mistake.value.where, "a-secret" in mistake.value.what)


@pytest.mark.parametrize(
    "wrong",
    [{"prefix": ""}, {"prefix": "a b"}, {"connections": 0}, {"timeout_ms": 0}, {"near_ms": -1}],
    ids=str,
)
def test_what_would_let_nothing_pass_is_a_mistake(wrong: dict[str, object]):
    with pytest.raises(ContractMistake, match=f"store.{next(iter(wrong))}"):
        StoreOptions(**wrong)  # type: ignore[arg-type]


def test_the_password_is_in_no_repr():
    options = StoreOptions(url=URL)
    shelves = Shelves(options)
    shown = [repr(it) for it in (options, shelves, shelves.records("sessions"), shelves.cache())]
    assert [False] * 4 == ["a-secret" in one for one in shown]


def test_without_redis_py_the_operator_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "redis" else find(name)
    )
    with pytest.raises(ContractMistakes) as mistakes:
        Shelves(StoreOptions(url="redis://localhost"))
    what = "a store needs redis-py: install the extra [redis], or redis itself"
    assert (what,) == mistakes.value.whats
