"""HTTP rules of a service configuration (transcoding PT16)."""

from typing import Any

import pytest
from google.api.http_pb2 import HttpRule

from bff.contract.routes.http_rule import bindings_of
from bff.contract.routes.service_rules import ServiceRules
from bff.terms.mistakes import ContractMistakes

ANNOTATED = HttpRule(get="/annotated")


def rules_of(*rules: object, **flags: object) -> ServiceRules:
    return ServiceRules.parse({"http": {"rules": list(rules), **flags}})


def path_of(rules: ServiceRules, method: str) -> str:
    """The path of the rule that a method gets, its annotation being `/annotated`."""
    rule = rules.rule_for(method, ANNOTATED)
    assert rule is not None
    return bindings_of(rule)[0].template.text


def test_pt16_a_rule_overrides_the_annotation() -> None:
    rules = rules_of({"selector": "a.B.Get", "post": "/configured"})

    assert "/configured" == path_of(rules, "a.B/Get")
    assert "/annotated" == path_of(rules, "a.B/List")


def test_pt16_the_last_matching_rule_wins() -> None:
    rules = rules_of(
        {"selector": "a.B.*", "get": "/wide"},
        {"selector": "a.B.Get", "get": "/first"},
        {"selector": "a.B.Get", "get": "/second"},
        {"selector": "a.C.*", "get": "/other"},
    )

    assert "/second" == path_of(rules, "a.B/Get")
    assert "/wide" == path_of(rules, "a.B/List")


@pytest.mark.parametrize(
    "selector, selected",
    [
        ("a.B.Get", ["a.B/Get"]),
        ("a.B.*", ["a.B/Get", "a.B/GetAll"]),
        ("a.*", ["a.B/Get", "a.B/GetAll", "a.Bc/Get"]),
        ("*", ["a.B/Get", "a.B/GetAll", "a.Bc/Get", "z.B/Get"]),
        ("a.B.Get, z.B.*", ["a.B/Get", "z.B/Get"]),
        ("a.B", []),
    ],
)
def test_pt16_a_wildcard_stands_for_whole_parts_of_a_name(
    selector: str, selected: list[str]
) -> None:
    rules = rules_of({"selector": selector, "get": "/x"})
    methods = ["a.B/Get", "a.B/GetAll", "a.Bc/Get", "z.B/Get"]

    assert selected == [one for one in methods if rules.rule_for(one, None) is not None]


def test_pt16_without_rules_annotations_stand() -> None:
    assert "/annotated" == path_of(ServiceRules.parse({}), "a.B/Get")
    assert None is ServiceRules().rule_for("a.B/Get", None)


def test_pt16_a_rule_has_everything_that_an_annotation_has() -> None:
    rules = rules_of(
        {
            "selector": "a.B.Get",
            "custom": {"kind": "PURGE", "path": "/p"},
            "responseBody": "r",
            "additional_bindings": [{"post": "/q", "body": "*"}],
        }
    )
    rule: Any = rules.rule_for("a.B/Get", None)

    told = [(str(one), one.body, one.response_body) for one in bindings_of(rule)]

    assert [("PURGE /p", "", "r"), ("POST /q", "*", "")] == told


def test_pm9_full_decoding_is_read_from_the_configuration() -> None:
    assert rules_of(fully_decode_reserved_expansion=True).fully_decode
    assert not rules_of().fully_decode


@pytest.mark.parametrize(
    "config, where",
    [
        ({"http": []}, "http"),
        ({"http": {"rules": {}}}, "http"),
        ({"http": {"rules": [], "fully": True}}, "http"),
        ({"http": {"rules": ["get"]}}, "http.rules[0]"),
        ({"http": {"rules": [{"selector": "a.B.Get", "gets": "/x"}]}}, "http.rules[0]"),
        ({"http": {"rules": [{"selector": "a.B.Get", "get": 5}]}}, "http.rules[0]"),
        ({"http": {"rules": [{"selector": "a.B.Get", "get": "/x", "put": "/y"}]}}, "http.rules[0]"),
        ({"http": {"rules": [{"get": "/x"}]}}, "http.rules[0]"),
        ({"http": {"rules": [{"selector": "a.B*", "get": "/x"}]}}, "http.rules[0]"),
        ({"http": {"rules": [{"selector": "a.*.Get", "get": "/x"}]}}, "http.rules[0]"),
        ({"http": {"rules": [{"selector": "a.B.Get,", "get": "/x"}]}}, "http.rules[0]"),
    ],
)
def test_pt16_what_can_not_be_read_is_a_mistake_with_its_place(
    config: dict[str, object], where: str
) -> None:
    with pytest.raises(ContractMistakes) as caught:
        ServiceRules.parse(config)

    assert [where] == [mistake.where for mistake in caught.value.exceptions]


def test_every_mistake_of_a_configuration_is_told_at_once() -> None:
    with pytest.raises(ContractMistakes) as caught:
        rules_of(5, {"selector": "a.B.Get", "get": "/x"}, {"selector": "?"}, nope=1)

    assert ["http", "http.rules[0]", "http.rules[2]"] == [
        one.where for one in caught.value.exceptions
    ]


def test_pt16_a_selector_that_no_rpc_has_is_told() -> None:
    rules = rules_of({"selector": "a.B.Gte", "get": "/x"}, {"selector": "a.*", "get": "/y"})

    assert ["a.B.Gte"] == [mistake.where for mistake in rules.idle(["a.B/Get"])]
