"""The view language: a class body that is the plan of a screen.

    class Author(Shape[User]):
        user = src(User)
        name: str = user.display_name

    class ProductPage(View, get="/v1/products/{product_id}", client="web", deadline_ms=800):
        product_id = path(str)
        _product = call(CatalogServiceClient.get_product, product_id=product_id)
        title: str = _product.title
        seller: Soft[Author] = Author.of(
            call(UserServiceClient.get_user, user_id=_product.seller_id)
        )

Why       What is asked, in which order, what may fail and what is shown stand in one place, which
          the type checker reads, and which is known before anything runs.
Called by bff/views (declares), the rest of this folder (compiles, runs, explains).
Source    docs/spec/views.md.
"""

from bff.compose.view.language.calls import Policy, call, paged, policy
from bff.compose.view.language.classes import Fragment, Shape, View
from bff.compose.view.language.words import (
    Principal,
    Soft,
    defer,
    each,
    field,
    has,
    header,
    match,
    path,
    principal,
    private,
    public,
    query,
    src,
    values,
    which,
    word,
)

__all__ = [
    "Fragment",
    "Policy",
    "Principal",
    "Shape",
    "Soft",
    "View",
    "call",
    "defer",
    "each",
    "field",
    "has",
    "header",
    "match",
    "paged",
    "path",
    "policy",
    "principal",
    "private",
    "public",
    "query",
    "src",
    "values",
    "which",
    "word",
]
