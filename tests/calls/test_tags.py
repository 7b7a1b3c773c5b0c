"""What a reply is about, in the demo's own words."""

from functools import cache
from pathlib import Path

from bff.calls.tags import MOST_TAGS, Tags
from bff.contract.catalog import Catalog
from generated.shop.catalog.v1.catalog_pb2 import Product
from generated.shop.reviews.v1.reviews_pb2 import ListReviewsResponse, Review

ROOT = Path(__file__).parents[2]
GET = "shop.catalog.v1.CatalogService/GetProduct"
REVIEWS = "shop.reviews.v1.ReviewService/ListReviews"


@cache
def tags() -> Tags:
    return Tags(Catalog.of((ROOT / "generated" / "descriptors.binpb").read_bytes()))


def test_a_message_with_an_identifier_is_tagged_by_type_and_by_name():
    wire = Product(product_id="p-1").SerializeToString()
    assert {
        GET,
        "shop.catalog.v1.Product",
        "shop.catalog.v1.Product/p-1",
    } == tags()(GET, wire)


def test_messages_inside_are_tagged_too():
    reply = ListReviewsResponse(reviews=[Review(review_id="r-1"), Review(review_id="r-2")])
    assert {
        REVIEWS,
        "shop.reviews.v1.ListReviewsResponse",
        "shop.reviews.v1.Review",
        "shop.reviews.v1.Review/r-1",
        "shop.reviews.v1.Review/r-2",
    } == tags()(REVIEWS, reply.SerializeToString())


def test_a_message_whose_identifier_is_empty_is_tagged_by_type():
    assert {GET, "shop.catalog.v1.Product"} == tags()(GET, b"")


def test_a_reply_that_does_not_decode_and_an_rpc_that_nobody_knows_have_the_rpcs_tag():
    assert [{GET}, {"a.B/C"}] == [tags()(GET, b"\xff"), tags()("a.B/C", b"")]


def test_a_long_reply_has_a_bounded_number_of_tags():
    reviews = [Review(review_id=f"r-{number}") for number in range(2 * MOST_TAGS)]
    found = tags()(REVIEWS, ListReviewsResponse(reviews=reviews).SerializeToString())
    assert (MOST_TAGS, True) == (len(found), "shop.reviews.v1.Review" in found)
