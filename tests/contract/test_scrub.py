"""Messages without what must stay inside: at any depth, and the one that was given untouched."""

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.type.money_pb2 import Money

from bff.contract.codec import Codec
from bff.contract.json_options import JsonOptions
from bff.contract.reply.scrub import Scrubber
from generated.identity.users.v1.users_pb2 import ListUsersResponse, User
from tests.compose.panel import catalog

SECRET = User(user_id="ada", password_hash="CANARY")
PACKED = AnyMessage()
PACKED.Pack(SECRET)


@pytest.fixture
def scrubber() -> Scrubber:
    options = JsonOptions(omit_sensitive=catalog().sensitive_fields)
    return Scrubber(Codec(options, pool=catalog().pool))


@pytest.mark.parametrize(
    "message", [SECRET, ListUsersResponse(users=[SECRET, SECRET]), PACKED], ids=type
)
def test_a_copy_has_no_secret_and_the_message_keeps_it(scrubber: Scrubber, message: Any) -> None:
    copy = scrubber.scrubbed_copy(message)

    assert b"CANARY" not in copy.SerializeToString()
    assert b"ada" in copy.SerializeToString()
    assert b"CANARY" in message.SerializeToString()


def test_what_nobody_here_knows_is_not_copied(scrubber: Scrubber) -> None:
    newer = User.FromString(b"\xfa\x7f\x06CANARY")

    assert b"CANARY" in newer.SerializeToString()
    assert b"" == scrubber.scrubbed_copy(newer).SerializeToString()


@pytest.mark.parametrize(
    ("message", "hides"),
    [(User, True), (ListUsersResponse, True), (AnyMessage, True), (Money, False)],
)
def test_a_type_says_whether_it_may_hide_something(
    scrubber: Scrubber, message: type[Message], hides: bool
) -> None:
    assert hides == scrubber.may_hide(message.DESCRIPTOR)
