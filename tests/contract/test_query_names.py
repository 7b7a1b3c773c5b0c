"""Which fields a parameter's name reaches, and how often: QP1-QP4, QP17-QP21, QP24; rows 39-41."""

import pytest

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.contract.request.query_names import MAX_REMEMBERED, QueryNames
from tests.contract.bindings import binder, kind, query, refused_query


@pytest.mark.parametrize("host", ["host", "mother"])
@pytest.mark.parametrize("leaf", ["display_name", "displayName"])
def test_qp1_every_part_has_two_spellings(host, leaf):
    assert "Rex" == getattr(query(f"{host}.{leaf}=Rex"), host).display_name


def test_qp1_spellings_mix_and_a_json_name_of_ones_own_counts():
    made = query("mother.nope=1", unknown_fields="ignore")
    assert not made.HasField("mother")
    assert "x" == query("%40custom=x").custom
    assert "x" == query("mother.mother.display_name=x").mother.mother.display_name


def test_qp1_the_same_field_in_two_spellings_is_given_twice():
    assert ("duplicate-parameter", "display_name") == refused_query("displayName=a&display_name=b")


def test_qp2_a_repeated_scalar_keeps_its_order_and_its_commas():
    assert [3, 1, 2] == list(query("scores=3&scores=1&scores=2").scores)
    assert ["a,b", "c"] == list(query("ids=a,b&ids=c", "BookRequest").ids)


def test_qp2_items_of_the_query_come_after_those_of_the_body():
    made = binder("BookRequest", "POST /x", "ids")
    assert ["a", "b", "c"] == list(made.bind((), "ids=c", b'["a","b"]').ids)


@pytest.mark.parametrize("name", ["young", "young.display_name", "by_cage", "by_cage[1]"])
def test_qp3_no_parameter_reaches_a_list_of_messages_or_goes_through_it(name):
    reason, where = refused_query(f"{name}=1")
    assert where in (name, "by_cage")
    assert reason in ("invalid-field", "unknown-parameter")


def test_qp3_a_list_of_messages_is_told_so():
    assert ("invalid-field", "young") == refused_query("young=x")


@pytest.mark.parametrize("name", ["mother", "host", "any"])
def test_qp3_a_message_is_no_parameter(name):
    assert ("invalid-field", name) == refused_query(f"{name}=x")


@pytest.mark.parametrize("text", ["i32=1&i32=2", "i32=1&i32=1", "wide=1&wide=2", "born=&born="])
def test_qp4_row_40_a_singular_field_is_sent_once(text):
    reason, _ = refused_query(text.replace("born=", "born=2024-01-01T00:00:00Z"))
    assert "duplicate-parameter" == reason


@pytest.mark.parametrize(
    "name",
    [
        "nope",
        "display_name.x",
        "Display_Name",
        "mother.nope",
        "mother..display_name",
        ".display_name",
        "mother.",
        "__proto__",
        "constructor",
        "m[x]",
        "scores[0]",
        "friends",
        "friends[a][b].c",
        "wide.value",
        "born.seconds",
        "extra.fields",
        "any.type_url",
        "[zoo.v1.ext]",
    ],
)
def test_qp20_rows_39_41_an_unknown_name_is_refused_by_name(name):
    assert ("unknown-parameter", name) == refused_query(f"{name}=1")


def test_qp20_a_lenient_route_drops_what_it_does_not_know():
    made = query("nope=1&i32=5&mother.nope=2", unknown_fields="ignore")
    assert (5, False) == (made.i32, made.HasField("mother"))


def test_qp21_the_operator_names_parameters_that_are_nobodys_fault():
    settings = {"ignored": ("utm_*", "access_token", "$.xgafv")}
    made = query("utm_source=x&access_token=y&%24.xgafv=2&i32=1", **settings)
    assert 1 == made.i32
    assert ("unknown-parameter", "utm") == refused_query("utm=x", **settings)


def test_qp21_a_field_wins_over_a_name_to_ignore():
    assert 4 == query("i32=4", ignored=("i32", "i*")).i32


def test_qp21_a_request_that_is_all_body_ignores_them_too():
    made = binder("BookRequest", "POST /x", "*", ignored=("utm_*",))
    assert "n" == made.bind((), "utm_source=x", b'{"name": "n"}').name


@pytest.mark.parametrize(("name", "owner"), [("secret", "Animal"), ("mother.secret", "Animal")])
def test_a_hidden_field_is_as_unknown_as_any_other(name, owner):
    """Row 39; DESIGN, sensitive fields."""
    assert ("unknown-parameter", name) == refused_query(f"{name}=x", owner)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("counts[a]=1&counts[b]=2", "counts", {"a": 1, "b": 2}),
        ("counts[a.b[c]]=1", "counts", {"a.b[c]": 1}),
        ("counts[]=1", "counts", {"": 1}),
        ("book.labels[k]=v+w", "book.labels", {"k": "v w"}),
    ],
)
def test_qp17_a_maps_entry(text, field, expected):
    found = query(text, "BookRequest")
    for name in field.split("."):
        found = getattr(found, name)
    assert expected == dict(found)


def test_qp17_keys_and_values_of_other_kinds():
    made = query("friends[x]=MOOD_WILD&friends[y]=1&flags[true]=-_8&flags[false]=")
    assert ({"x": 2, "y": 1}, {True: b"\xfb\xff", False: b""}) == (
        dict(made.friends),
        dict(made.flags),
    )


@pytest.mark.parametrize(
    ("text", "reason", "where"),
    [
        ("counts[a]=1&counts[a]=2", "duplicate-parameter", "counts[a]"),
        ("counts[a]=x", "invalid-field", "counts[a]"),
        ("book.readers[a]=x", "invalid-field", "book.readers"),
        ("counts=1", "unknown-parameter", "counts"),
    ],
)
def test_qp17_an_entry_that_does_not_fit(text, reason, where):
    assert (reason, where) == refused_query(text, "BookRequest")


@pytest.mark.parametrize("key", ["01", "1.0", "x", "²", "٣", "", "9999999999", "-0"])
def test_qp17_a_key_has_one_spelling(key):
    """flags has bool keys; by_cage would have int ones, but holds messages (QP3)."""
    assert "invalid-field" == refused_query(f"flags[{_escaped(key)}]=")[0]


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


@pytest.mark.parametrize(
    "text", ["cage=a&host.i32=1", "host.i32=1&cage=a", "nowhere=null&cage=x", "cage=&nowhere=null"]
)
def test_qp18_two_members_of_a_oneof(text):
    reason, where = refused_query(text)
    assert ("oneof-conflict", text.rpartition("&")[2].partition("=")[0]) == (reason, where)


def test_qp18_two_fields_of_one_member_are_no_conflict():
    made = query("host.i32=1&host.display_name=x")
    assert ("host", 1, "x") == (made.WhichOneof("home"), made.host.i32, made.host.display_name)


def test_qp18_a_member_in_the_body_and_another_in_the_query():
    made = binder("BookRequest", "POST /x", "by_author")
    with pytest.raises(Exception, match="by_id: send only one") as caught:
        made.bind((), "by_id=x", b'{"fullName": "Ada"}')
    assert "oneof-conflict" == caught.value.reason  # type: ignore[attr-defined]


def test_qp19_presence_of_a_zero_reaches_the_service():
    made = query("nick=&cage=&wide=0&mother.i32=0&wrapped=")
    assert [True] * 5 == [
        made.HasField(one) for one in ("nick", "cage", "wide", "mother", "wrapped")
    ]


def test_qp24_row_41_two_hundred_levels_are_unknown():
    deep = ".".join(["mother"] * 200) + ".i32"
    reason, where = refused_query(f"{deep}=1")
    assert ("unknown-parameter", True) == (reason, len(where) < 100)


def test_qp24_a_recursive_type_ends_at_sixteen_parts():
    ok, too_deep = (".".join(["mother"] * depth) + ".i32=1" for depth in (15, 16))
    assert query(ok).HasField("mother")
    assert "unknown-parameter" == refused_query(too_deep)[0]


def test_qp24_names_that_clients_make_up_do_not_fill_memory():
    names = QueryNames(
        kind("Animal").DESCRIPTOR,
        codec=Codec(JsonOptions()),
        limits=JsonLimits(),
        hidden=frozenset(),
        closed=frozenset(),
    )
    spellings = ("displayName", "display_name", "i32", "u32", "nick")
    for depth in range(1, 15):
        for mother in range(2**depth if depth < 9 else 0):
            way = ".".join("host" if mother >> bit & 1 else "mother" for bit in range(depth))
            assert all(names.find(f"{way}.{one}") for one in spellings)
    names.find("friends[a]")
    names.find("nope")
    assert f"<QueryNames of zoo.v1.Animal, {MAX_REMEMBERED} seen>" == repr(names)


def test_the_document_lists_each_parameter_once_and_ends():
    made = binder("BookRequest", "GET /x/{book.author.author_id}")
    names = [name for name, _ in made.query_fields]

    assert sorted(set(names)) == sorted(names)
    assert {"name", "ids", "book.title", "book.@mark", "byAuthor.fullName"} <= set(names)
    assert {"secret", "book.author.authorId", "counts", "book.editors"}.isdisjoint(names)
    assert max(name.count(".") for name in names) == 2


def test_the_document_lists_nothing_that_the_body_owns():
    assert [] == list(binder("BookRequest", "POST /x", "*").query_fields)
    names = [name for name, _ in binder("BookRequest", "POST /x", "book").query_fields]
    assert [] == [name for name in names if name.startswith("book")]
    names = [name for name, _ in binder("BookRequest", "POST /x", "ids").query_fields]
    assert "ids" not in names


@pytest.mark.parametrize("name", ["young.i32", "display_name.length", "born.seconds", "friends"])
def test_qp3_qp20_leniency_is_for_unknown_names_not_for_names_that_lead_nowhere(name):
    """As grpc-gateway does: it ignores what it does not know, and refuses what cannot be."""
    assert ("unknown-parameter", name) == refused_query(f"{name}=1", unknown_fields="ignore")
