"""Which endpoints may have keys, and where that is said."""

import pytest

from bff.compose.idempotency import IdempotencyOptions, may_have_keys, with_keys, writes_once
from bff.stores.records_memory import MemoryRecords
from bff.terms.mistakes import ContractMistake, ContractMistakes
from tests.publish.endpoints import endpoint


def test_reads_streams_and_batches_have_no_keys():
    table = {
        ("GET", ()): False,
        ("POST", ()): True,
        ("PUT", ()): True,
        ("PATCH", ()): True,
        ("DELETE", ()): True,
        ("POST", (("streams", True),)): False,
        ("POST", (("takes_pieces", True),)): False,
        ("POST", (("tags", ("batch",)),)): False,
    }
    assert table == {
        (method, more): may_have_keys(endpoint(method, "/v1/a", **dict(more)))
        for method, more in table
    }


def test_an_endpoint_may_have_a_mode_of_its_own():
    records = MemoryRecords()
    plain = endpoint("POST", "/v1/orders", calls=("shop.Orders/Place",))
    off, on = IdempotencyOptions(), IdempotencyOptions(keys="on")
    assert plain is with_keys(plain, records, off, own={})
    assert plain is with_keys(plain, records, on, own={plain.name: "off"})
    by_rpc = with_keys(plain, records, off, own={"shop.Orders/Place": "required"})
    (header,) = (one for one in by_rpc.parameters if one.where == "header")
    assert ("Idempotency-Key", True) == (header.name, header.required)


def test_answers_that_nobody_could_ask_for_again_are_a_mistake():
    with pytest.raises(ContractMistake):
        IdempotencyOptions(keep_s=0)


def test_a_mode_for_what_is_not_there_or_has_no_keys_is_a_mistake():
    read, write = endpoint("GET", "/v1/a", calls=("s/Read",)), endpoint("POST", "/v1/a", calls=())
    options, records = IdempotencyOptions(), MemoryRecords()
    found = writes_once([read, write], records, options, own={write.name: "on"})
    assert (read, True) == (found[0], write is not found[1])
    with pytest.raises(ContractMistakes) as caught:
        writes_once([read, write], records, options, own={"s/Read": "on", "nope": "off"})
    wrong = [one for one in caught.value.exceptions if isinstance(one, ContractMistake)]
    assert ['idempotent."nope"', 'idempotent."s/Read"'] == [one.where for one in wrong]
