"""Pairs of odd names and read masks, over protos of this file: the demo's have neither."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from bff.codegen import generate
from bff.compose.view import Fragment, Shape, View, call, match, src
from bff.compose.view.compiling.pairs import pair_of
from bff.compose.view.compiling.views import compile_views
from bff.compose.view.plan import Plan
from bff.contract.catalog import Catalog
from tests.compose.panel import ROOT

PROTO = """\
syntax = "proto3";
package viewpairs.v1;
import "bff/v1/options.proto";
import "google/protobuf/field_mask.proto";

service BookService {
  rpc GetBook(GetBookRequest) returns (Book) { option (bff.v1.batch) = "LoadBooks"; }
  rpc LoadBooks(LoadBooksRequest) returns (LoadBooksResponse);
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse);
  rpc GetShelf(GetShelfRequest) returns (Shelf);
  rpc BatchGetShelves(BatchGetShelvesRequest) returns (BatchGetShelvesResponse);
  rpc GetReader(GetBookRequest) returns (Shelf);
  rpc BatchGetReaders(BatchGetShelvesRequest) returns (BatchGetShelvesResponse);
}
message Book { string name = 1; string title = 2; Author author = 3; string shelf = 4; }
message Author { string full_name = 1; int32 born = 2; }
message Shelf { string name = 1; int32 size = 2; }
message GetBookRequest { string name = 1; google.protobuf.FieldMask read_mask = 2; }
message LoadBooksRequest { repeated string names = 1; google.protobuf.FieldMask read_mask = 2; }
message LoadBooksResponse { repeated Book books = 1; }
message ListBooksRequest { int32 page_size = 1; google.protobuf.FieldMask read_mask = 2; }
message ListBooksResponse { repeated Book books = 1; string next_page_token = 2; }
message GetShelfRequest { string name = 1; string language = 2; }
message BatchGetShelvesRequest { repeated string names = 1; }
message BatchGetShelvesResponse { repeated Shelf shelves = 1; }
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The generated client, and `contract`, its catalog."""
    folder = tmp_path_factory.mktemp("pairs")
    for name, text in {
        "viewpairs/v1/books.proto": PROTO,
        "bff/v1/options.proto": (ROOT / "protos/bff/v1/options.proto").read_text(),
    }.items():
        (folder / "protos" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "protos" / name).write_text(text)
    generate(folder / "protos", folder / "view_pairs_package")
    sys.path.insert(0, str(folder))
    made: Any = import_module("view_pairs_package.viewpairs.v1.books_client")
    made.contract = Catalog.of(
        Path(folder / "view_pairs_package" / "descriptors.binpb").read_bytes()
    )
    yield made
    sys.path.remove(str(folder))


def plan_of(view: type[Fragment], books: Any) -> Plan:
    [plan] = compile_views([view], books.contract)
    return plan


def test_an_option_names_the_rpc_of_many(books: Any) -> None:
    pair = pair_of(books.contract, books.GET_BOOK)

    assert pair is not None
    assert ("viewpairs.v1.BookService/LoadBooks", "name", "names", "books", "name") == (
        pair.batch.name,
        pair.key,
        pair.keys,
        pair.found,
        pair.found_by,
    )
    assert pair.batch.reply is books.LOAD_BOOKS.reply


def test_a_batch_in_the_plural_of_y_or_f_needs_the_option(books: Any) -> None:
    """Shelf, Shelves: no rule that English keeps, so nothing is guessed."""
    assert None is pair_of(books.contract, books.GET_SHELF)


def test_an_argument_that_only_the_lookup_takes_keeps_it_alone(books: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        size: int = call(books.BookServiceClient.get_reader, name="a").size
        name: str = call(
            books.BookServiceClient.get_reader, name="a", read_mask=FieldMask(paths=["name"])
        ).name

    assert [True, False] == [one.pair is not None for one in plan_of(Home, books).steps]


def test_a_mask_that_the_batch_would_not_take_is_not_sent(books: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        size: int = call(books.BookServiceClient.get_reader, name="a").size

    assert None is plan_of(Home, books).steps[0].mask


def test_a_mask_names_what_is_shown_and_read(books: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _book = call(books.BookServiceClient.get_book, name="a")
        title: str = _book.title
        by: str = _book.author.full_name
        size: int = call(books.BookServiceClient.get_reader, name=_book.shelf).size

    first = plan_of(Home, books).steps[0]
    assert ("read_mask", ("author.full_name", "name", "shelf", "title")) == first.mask


def test_a_mask_of_a_page_speaks_of_its_items(books: Any) -> None:
    class Card(Shape[books.books_pb2.Book]):
        book = src(books.books_pb2.Book)
        title: str = book.title

    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        cards: list[Card] = Card.each(call(books.BookServiceClient.list_books).books)

    assert ("read_mask", ("title",)) == plan_of(Home, books).steps[0].mask


def test_a_mask_has_what_is_compared_to_find_an_item(books: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        _first = call(books.BookServiceClient.get_book, name="a")
        size: str = match(
            call(books.BookServiceClient.list_books).books, by="title", key=_first.shelf
        ).author.full_name

    found = {one.name: one.mask for one in plan_of(Home, books).steps}
    assert {
        "get_book": ("read_mask", ("name", "shelf")),
        "list_books": ("read_mask", ("author.full_name", "title")),
    } == found


def test_a_whole_message_has_no_mask(books: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        book: books.books_pb2.Book = call(books.BookServiceClient.get_book, name="a")

    assert None is plan_of(Home, books).steps[0].mask


def test_lookups_of_other_masks_are_not_gathered(books: Any) -> None:
    class Home(View, get="/v1/home", client="web", deadline_ms=1):
        one: str = call(books.BookServiceClient.get_book, name="a").title
        two: str = call(books.BookServiceClient.get_book, name="b").shelf

    assert [None, None] == [one.gathered for one in plan_of(Home, books).steps]
