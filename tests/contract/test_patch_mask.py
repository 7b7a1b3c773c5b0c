"""The mask of an update, made or checked: PA1-PA6; rows 45, 80."""

import pytest

from tests.contract.bindings import JSON, binder, kind, refusal

PATCH = "PATCH /x/{name}"


def mask(body: bytes, query: str = "", name: str = "UpdateRequest", **options: str) -> list[str]:
    """The mask that reaches the service."""
    made = binder(name, PATCH, "book", **options).bind(("n",), query, body, content_type=JSON)
    return list(made.update_mask.paths)


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b'{"title": "T"}', ["title"]),
        (b'{"tags": ["a"], "bookId": "b"}', ["book_id", "tags"]),  # PA3: proto names, sorted
        (b'{"book_id": "b"}', ["book_id"]),
        (b'{"@mark": "m"}', ["shelf_mark"]),
        (b'{"author": {"fullName": "A", "teacher": {"authorId": "t"}}}',
         ["author.full_name", "author.teacher.author_id"]),
        (b'{"labels": {"a": "b"}}', ["labels"]),  # PA4
        (b'{"editors": [{"fullName": "A"}]}', ["editors"]),
        (b'{"facts": {"a": {"b": 1}}}', ["facts"]),
        (b'{"printTime": "2024-05-06T07:08:09Z"}', ["print_time"]),
        (b'{"subtitle": "s"}', ["subtitle"]),
        (b'{"readers": {"a": {"fullName": "x"}}}', ["readers"]),
        (b'{"title": null}', ["title"]),  # PA5
        (b'{"author": null}', ["author"]),
        (b'{"author": {}}', ["author"]),
        (b'{"author": {"teacher": {}}}', ["author.teacher"]),
        (b'{"tags": []}', ["tags"]),
        (b'{"dueText": "soon"}', ["due_text"]),
    ],
)  # fmt: skip
def test_pa1_pa3_pa4_pa5_the_mask_is_what_the_json_names(body, paths):
    assert paths == mask(body)


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_pa6_an_empty_change_is_refused_never_a_replacement(body):
    found = refusal(binder("UpdateRequest", PATCH, "book"), "n", body=body)
    assert ("invalid-field", [""]) == (found.reason, [one.path for one in found.violations])


@pytest.mark.parametrize("query", ["update_mask=title,pages", "updateMask=title,pages"])
def test_pa2_a_mask_that_was_sent_is_used_as_it_is(query):
    assert ["title", "pages"] == mask(b'{"tags": ["a"]}', query)
    assert ["title", "pages"] == mask(b"", query)


def test_pa2_in_a_body_that_is_all_nothing_is_inferred():
    made = binder("UpdateRequest", "PATCH /x", "*")
    assert [] == list(made.bind((), "", b'{"book": {"title": "T"}}').update_mask.paths)
    sent = made.bind((), "", b'{"book": {"title": "T"}, "updateMask": "title,printTime"}')
    assert ["title", "print_time"] == list(sent.update_mask.paths)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_pa6_nothing_but_a_patch_infers(method):
    made = binder("UpdateRequest", f"{method} /x", "book").bind((), "", b'{"title": "T"}')
    assert [] == list(made.update_mask.paths)


def test_pa1_a_mask_of_any_name_if_it_is_the_only_one():
    made = binder("MaskedRequest", "PATCH /x", "book").bind((), "", b'{"title": "T"}')
    assert ["title"] == list(made.fields.paths)


def test_pa1_of_two_masks_none_is_guessed():
    made = binder("BookRequest", "PATCH /x", "book").bind((), "", b'{"title": "T"}')
    assert ([], []) == (list(made.update_mask.paths), list(made.read_mask.paths))


def test_pa4_a_body_that_is_well_known_itself_has_no_fields_to_name():
    made = binder("FactsRequest", "PATCH /x", "facts").bind((), "", b'{"a": 1}')
    assert [] == list(made.update_mask.paths)


def test_pa1_what_the_url_fills_is_no_change():
    made = binder("UpdateRequest", "PATCH /x/{book.book_id}", "book")
    assert ["title"] == list(made.bind(("b",), "", b'{"bookId":"b","title":"T"}').update_mask.paths)
    found = refusal(made, "b", body=b'{"bookId": "b"}')
    assert "invalid-field" == found.reason


# ----------------------------------------------------------------------------------- masks as sent


@pytest.mark.parametrize(
    "paths",
    ["nope", "internal_notes", "internalNotes", "title,nope", "author.nope", "title.x",
     "tags.x", "editors.full_name", "labels.a.b", "*", ",".join(["title"] * 101)],
)  # fmt: skip
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_row_45_a_mask_of_unknown_or_hidden_fields_gets_one_answer(method, paths):
    found = refusal(
        binder("UpdateRequest", f"{method} /x", "book"),
        query=f"updateMask={paths}",
        body=b'{"title": "T"}',
    )
    assert ("invalid-field-mask", ["updateMask"]) == (
        found.reason,
        [one.path for one in found.violations],
    )


def test_pa1_a_mask_that_was_left_empty_is_inferred():
    """As if it had not been sent: PA1 speaks of an empty mask, not of an absent one."""
    assert ["title"] == mask(b'{"title": "T"}', "updateMask=")


@pytest.mark.parametrize(
    ("method", "parameter"), [("PUT", "updateMask"), ("PATCH", "readMask"), ("PATCH", "fields")]
)
def test_row_45_where_nothing_is_inferred_an_empty_mask_says_nothing(method, parameter):
    request = {"readMask": "SearchRequest", "fields": "MaskedRequest"}.get(parameter)
    body = "like" if parameter == "readMask" else "book"
    binding = binder(request or "UpdateRequest", f"{method} /x", body)
    found = refusal(binding, query=f"{parameter}=", body=b"{}")
    assert ("invalid-field-mask", parameter) == (found.reason, found.violations[0].path)


def test_row_45_unknown_and_hidden_are_told_alike():
    texts = {
        refusal(binder("UpdateRequest", PATCH, "book"), "n", query=f"update_mask={path}").detail
        for path in ("nope", "internal_notes", "author.internal_notes")
    }
    assert {"update_mask: there is no such field to change"} == texts


@pytest.mark.parametrize("path", ["internalNotes", "nope"])
def test_row_45_a_mask_inside_the_body_too(path):
    body = b'{"book": {"title": "T"}, "updateMask": "%s"}' % path.encode()
    found = refusal(binder("UpdateRequest", "POST /x", "*"), body=body)
    assert ("invalid-field-mask", "/updateMask") == (found.reason, found.violations[0].path)


@pytest.mark.parametrize(
    "paths",
    ["labels", "labels.a", "facts.a.b", "author.teacher.full_name", "editors", "shelf_mark"],
)
def test_a_mask_may_name_fields_at_any_depth_map_keys_and_what_a_struct_holds(paths):
    assert [paths] == mask(b"{}", f"update_mask={paths}")


def test_row_45_a_mask_inside_the_body_has_a_hundred_paths_at_most():
    body = b'{"book": {"title": "T"}, "updateMask": "%s"}' % ",".join(["title"] * 101).encode()
    found = refusal(binder("UpdateRequest", "POST /x", "*"), body=body)
    assert "invalid-field-mask" == found.reason


def test_a_mask_that_says_what_to_read_is_not_held_against_the_body():
    made = binder("SearchRequest", "POST /x", "like").bind((), "readMask=anything", b"{}")
    assert ["anything"] == list(made.read_mask.paths)


# --------------------------------------------------------------------------------- lenient reading


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"internalNotes": "x", "title": "T"}', "/internalNotes"),
        (b'{"nope": 1, "title": "T"}', "/nope"),
        (b'{"author": {"nope": 1}}', "/author/nope"),
    ],
)
def test_pj17_a_patch_of_an_unknown_or_hidden_field_is_refused_even_by_a_lenient_reader(
    body, where
):
    """As grpc-gateway does: a slip of the pen would be a change that did not happen."""
    found = refusal(binder("UpdateRequest", PATCH, "book", unknown_fields="ignore"), "n", body=body)
    assert ("unknown-field", where) == (found.reason, found.violations[0].path)


def test_a_lenient_patch_never_clears_what_it_could_not_read():
    body = b'{"genre": "GENRE_NEWER", "title": "T"}'
    assert ["title"] == mask(body, unknown_fields="ignore")
    assert ["genre"] == mask(b'{"genre": "GENRE_NOVEL"}', unknown_fields="ignore")


def test_the_path_is_not_in_the_mask():
    made = binder("UpdateRequest", PATCH, "book").bind(("n",), "", b'{"pages": 0}')
    assert (
        kind("UpdateRequest")(name="n", book={"pages": 0}, update_mask={"paths": ["pages"]}) == made
    )
