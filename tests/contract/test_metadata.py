"""The two lists between headers and metadata, and the names that no list can name."""

import pytest

from bff.contract.metadata import MetadataOptions, MetadataRules
from bff.terms.headers import Headers
from bff.terms.mistakes import ContractMistake


def rules(*, forward: tuple[str, ...] = (), answer: tuple[str, ...] = ()) -> MetadataRules:
    return MetadataRules(MetadataOptions(forward=forward, answer=answer))


NEVER = (
    "host TE connection transfer-encoding grpc-timeout grpc-* content-type cookie user-agent"
    " x-request-id traceparent x-forwarded-for forwarded :path a!b *"
)


@pytest.mark.parametrize("name", ["", *NEVER.split()])
def test_hm6_boot_refuses_a_list_with_a_name_that_is_never_forwarded(name):
    with pytest.raises(ContractMistake):
        MetadataOptions(forward=(name,))


@pytest.mark.parametrize("name", ["content-length", "grpc-status", "x-request-id", "vary", "te"])
def test_hm7_boot_refuses_a_list_with_a_name_that_is_never_answered(name):
    with pytest.raises(ContractMistake):
        MetadataOptions(answer=(name,))


def test_hm2_authorization_is_on_the_list_by_default():
    found = MetadataRules().inbound(Headers.of([("authorization", "Bearer x"), ("x-user", "root")]))
    assert (("authorization", "Bearer x"),) == found


def test_hm6_a_star_never_reaches_a_name_that_is_not_for_handing_on():
    listed = rules(forward=("t*", "x-*", "g*", "c*"))
    names = ["te", "trailer", "x-request-id", "x-forwarded-for", "grpc-timeout", "cookie", "x-a"]
    assert (("x-a", "1"),) == listed.inbound(Headers.of([(name, "1") for name in names]))


def test_hm3_several_binary_values_in_one_header_are_several():
    assert (("x-bin", b"a"), ("x-bin", b"b")) == rules(forward=("x-bin",)).inbound(
        Headers.of([("x-bin", "YQ==, Yg")])
    )


@pytest.mark.parametrize("value", ["a\r\nset-cookie: x", "a\0", "ü", "a\x7f"])
def test_hm7_a_value_that_breaks_a_line_is_dropped(value):
    listed = rules(answer=("x-a", "x-b"))
    assert (("x-b", "1"),) == listed.outbound((("x-a", value), ("x-b", "1")))


def test_the_repr_tells_both_lists():
    assert "<MetadataRules: in x-a, y-*, out nothing>" == repr(rules(forward=("x-a", "Y-*")))
