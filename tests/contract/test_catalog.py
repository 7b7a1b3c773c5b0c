"""The catalog: what a descriptor set promises, and every mistake in it at once."""

from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from bff.codegen import compile_protos
from bff.contract.catalog import Catalog
from bff.terms.mistakes import ContractMistakes

PROTO = """
syntax = "proto3";
package shelf.v1;
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";

// Keeps books.
service Shelf {
  // Returns one book.
  //
  // Fails with NOT_FOUND.
  rpc GetBook(GetBookRequest) returns (Book) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {
      get: "/v1/books/{id}"
      additional_bindings { get: "/v1/shelf/{id}" }
    };
  }
  rpc Hidden(Book) returns (Book) { option deprecated = true; }
  rpc Watch(Book) returns (stream Book);
}
message GetBookRequest { string id = 1 [(google.api.field_behavior) = REQUIRED]; }
message Book {
  string id = 1;  // Its number.
  Kind kind = 2;
  message Page { string text = 1; }
  Page first = 3;
}
enum Kind {
  KIND_UNSPECIFIED = 0;
  // Told, not shown.
  KIND_NOVEL = 1;
}
"""


def compiled(folder: Path, text: str, **others: str) -> bytes:
    (folder / "shelf.proto").write_text(text)
    for name, other in others.items():
        (folder / f"{name}.proto").write_text(other)
    return compile_protos(folder)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog.of(compiled(tmp_path_factory.mktemp("shelf"), PROTO))


def test_every_rpc_is_there_with_its_kind_and_place(catalog):
    rpcs = catalog.methods
    assert ["shelf.v1.Shelf/GetBook", "shelf.v1.Shelf/Hidden", "shelf.v1.Shelf/Watch"] == list(rpcs)
    book = rpcs["shelf.v1.Shelf/GetBook"]
    assert ("shelf.v1.Shelf", "/shelf.v1.Shelf/GetBook", "no_side_effects", True) == (
        book.service,
        book.path,
        book.idempotency,
        book.unary,
    )
    assert "shelf.proto:12" == book.declared_at
    assert (True, "unknown") == (
        rpcs["shelf.v1.Shelf/Hidden"].deprecated,
        rpcs["shelf.v1.Shelf/Hidden"].idempotency,
    )
    assert not rpcs["shelf.v1.Shelf/Watch"].unary


def test_messages_and_fields_have_a_place_too(catalog):
    book = catalog.pool.FindMessageTypeByName("shelf.v1.Book")
    assert ["shelf.proto:23", "shelf.proto:24"] == [
        catalog.place(one) for one in (book, book.fields_by_name["id"])
    ]


def test_pt14_additional_bindings_come_behind_the_first(catalog):
    bindings = catalog.methods["shelf.v1.Shelf/GetBook"].bindings
    assert [("/v1/books/{id}", 0), ("/v1/shelf/{id}", 1)] == [
        (one.template.text, one.index) for one in bindings
    ]


def test_comments_are_found_for_services_rpcs_fields_and_enum_values(catalog):
    book = catalog.methods["shelf.v1.Shelf/GetBook"]
    kind = catalog.pool.FindEnumTypeByName("shelf.v1.Kind")

    assert "Returns one book.\n\nFails with NOT_FOUND." == book.comment
    assert "Keeps books." == catalog.service_comment("shelf.v1.Shelf")
    assert "Its number." == catalog.describe(book.reply.DESCRIPTOR.fields_by_name["id"]).comment
    assert "Told, not shown." == catalog.describe(kind.values_by_name["KIND_NOVEL"]).comment


def test_field_behaviours_are_read_through_the_sets_own_pool(catalog):
    field = catalog.methods["shelf.v1.Shelf/GetBook"].request.DESCRIPTOR.fields_by_name["id"]
    assert frozenset({"REQUIRED"}) == catalog.describe(field).behaviors
    assert catalog.required(field)


def test_sensitive_fields_are_found_in_nested_messages_too(tmp_path):
    (tmp_path / "bff" / "v1").mkdir(parents=True)
    own = Path(__file__).parents[2] / "protos" / "bff" / "v1" / "options.proto"
    (tmp_path / "bff" / "v1" / "options.proto").write_text(own.read_text())
    text = """
    syntax = "proto3";
    package a;
    import "bff/v1/options.proto";
    message Outer { message Inner { string key = 1 [(bff.v1.sensitive) = true]; } Inner in = 1; }
    """
    assert frozenset({"a.Outer.Inner.key"}) == (
        Catalog.of(compiled(tmp_path, text)).sensitive_fields
    )


def test_two_sets_that_share_files_are_one_catalog(tmp_path):
    data = compiled(tmp_path, PROTO)
    assert 3 == len(Catalog.of(data, data).methods)


def mistakes_of(*data: bytes) -> list[str]:
    with pytest.raises(ContractMistakes) as caught:
        Catalog.of(*data)
    return [str(one) for one in caught.value.exceptions]


def test_every_bad_rule_is_told_with_its_rpc_and_line(tmp_path):
    text = """
    syntax = "proto3";
    package a;
    import "google/api/annotations.proto";
    service S {
      rpc One(M) returns (M) { option (google.api.http) = { get: "no/slash" }; }
      rpc Two(M) returns (M) { option (google.api.http) = { get: "/v1/{nope}" }; }
      rpc Fine(M) returns (M) { option (google.api.http) = { get: "/v1/{id}" }; }
    }
    message M { string id = 1; }
    """
    found = mistakes_of(compiled(tmp_path, text))

    assert 2 == len(found)
    assert found[0].endswith("@ a.S/One (shelf.proto:6)")
    assert "nope" in found[1]
    assert found[1].endswith("@ a.S/Two (shelf.proto:7)")


def test_bytes_that_are_no_descriptor_set_are_told_how_to_make_one():
    assert ["--include_imports @ descriptors"] == [
        one[-len("--include_imports @ descriptors") :] for one in mistakes_of(b"\xff\xff")
    ]


def test_a_missing_import_is_named(tmp_path):
    whole = descriptor_pb2.FileDescriptorSet.FromString(compiled(tmp_path, PROTO))
    partial = descriptor_pb2.FileDescriptorSet(
        file=[one for one in whole.file if one.name != "google/api/http.proto"]
    )
    assert ['the import "google/api/http.proto" is missing'] == [
        one.partition(":")[0] for one in mistakes_of(partial.SerializeToString())
    ]
