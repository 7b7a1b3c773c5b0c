"""Templates of views: what is drawn, what is text, and what is told at boot with its line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bff.compose.endpoint import Answer, Page, Refusal
from bff.compose.view.plan import Plan
from bff.edge.pages.views import Pages
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistakes
from tests.compose.view.served import MEMBERS, a_plan, an_ask, reviews

ROOT = Path(__file__).parents[2]
PLAN = a_plan(*MEMBERS[:3], reviews(deferred=True))
VIEW, CARD = "web/ProductPage.html", "web/ReviewCard.html"


@pytest.fixture
def pages(tmp_path: Path) -> Callable[..., Pages]:
    """Of a package with these templates: path -> text."""

    def make(templates: dict[str, str]) -> Pages:
        for name, text in templates.items():
            file = tmp_path / "templates" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        package = ModuleType("shop.views")
        package.__path__ = [str(tmp_path)]
        return Pages([package])

    return make


@pytest.fixture
def drawn(pages) -> Callable[..., str]:
    """The page of an answer, as text."""

    def draw(templates: dict[str, str], *, parts=None, plan: Plan = PLAN, **answer: Any) -> str:
        page = pages(templates).page_of(plan)
        assert isinstance(page, Page)
        body = {"title": "Lamp", "currency": "EUR", "seller": None, **answer}
        return page.drawn(Answer(json.dumps(body).encode()), an_ask(), parts).body.decode()

    return draw


def test_what_others_wrote_is_text(drawn):
    assert "<h1>&lt;script&gt;</h1>" == drawn({VIEW: "<h1>{{ title }}</h1>"}, title="<script>")


def test_null_is_nothing(drawn):
    assert "[]" == drawn({VIEW: "[{{ seller }}]"})


def test_a_shape_of_all_clients_is_used_where_the_client_has_none(drawn):
    found = drawn(
        {VIEW: "{{ part('seller') }}", "Person.html": "<b>{{ name }}</b>"}, seller={"name": "A&B"}
    )
    assert "<b>A&amp;B</b>" == found


def test_a_list_is_each_of_its_items(drawn):
    items = [{"stars": 1, "author": None, "reply": None}, {"stars": 2, "author": None, "reply": ""}]
    found = drawn({VIEW: "{{ part('reviews') }}", CARD: "<li>{{ stars }}</li>"}, reviews=items)
    assert "<li>1</li><li>2</li>" == found


def test_parts_come_in_the_order_of_the_view(drawn):
    assert "LampEUR" == drawn({VIEW: ""}, parts=frozenset(["currency", "title"]))


def test_a_part_without_a_template_is_a_bad_request(drawn):
    with pytest.raises(BadInput, match="reviews has no template of its own"):
        drawn({VIEW: ""}, parts=frozenset(["reviews"]), reviews=[{}])


def test_an_absent_member_is_nothing_and_a_failed_one_says_so(drawn):
    templates = {VIEW: "[{{ part('seller', 'p') }}]", "Person.html": "{{ name }}"}
    gap = {"path": "/seller", "code": "UNAVAILABLE", "retryable": True}
    assert "[]" == drawn(templates)
    assert '[<p class="bff-failed" role="alert">' in drawn(templates, errors=[gap])


def test_a_package_may_draw_failures_and_documents_itself(drawn):
    gap = {"path": "/seller", "code": "UNAVAILABLE", "retryable": True}
    templates = {VIEW: "{{ part('seller') }}", "Person.html": "", "failed.html": "oh, {{ path }}"}
    assert "oh, /seller" == drawn(templates, errors=[gap])


def test_the_address_of_a_part_is_that_of_the_view_with_its_values(pages):
    page = pages({VIEW: "{{ part('reviews') }} {{ here }}", CARD: ""}).page_of(PLAN)
    ask = an_ask('a "b', query="fields=title&size=3")
    text = page.drawn(Answer(b"{}"), ask, None).body.decode()
    assert 'hx-get="/web/v1/products/a%20%22b?size=3&amp;fields=reviews"' in text


def test_a_failure_is_told_in_either_shape(pages):
    page = pages({VIEW: ""}).page_of(PLAN)
    for document in ({"detail": "a<b"}, {"message": "a<b", "code": 5}):
        refusal = Refusal(404, "not-found", json.dumps(document).encode())
        assert b"<p>a&lt;b</p>" in page.refused(refusal, {})


def test_without_a_template_there_is_no_page(pages):
    assert pages({}).page_of(PLAN) is None
    assert pages({"web/Other.html": ""}).page_of(PLAN) is None


def test_a_variant_is_drawn_as_the_view_that_it_is_of(pages):
    found = pages({"web/Usual.html": "{{ title }}"})
    assert found.page_of(PLAN, "Usual") is not None


@pytest.mark.parametrize(
    ("templates", "told"),
    [
        ({VIEW: "\n{% if %}"}, f"shop/views/templates/{VIEW}:2"),
        ({VIEW: "\n\n{{ title | upperr }}"}, f"shop/views/templates/{VIEW}:3"),
        ({VIEW: "{% include 'nope.html' %}"}, "there is no template nope.html"),
        ({VIEW: "", "problem.html": "{{ nope }}"}, "a failure can't be told"),
    ],
)
def test_a_template_that_cannot_be_read_is_told_with_its_line(pages, templates, told):
    with pytest.raises(ContractMistakes) as raised:
        pages(templates)
    assert any(told in str(one) for one in raised.value.exceptions)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n{{ titel }}", f"ProductPage shows no titel @ shop/views/templates/{VIEW}:2"),
        ("{{ reviews | length }}", "reviews is deferred, so it comes later"),
        ("{{ part('prize') }}", "part('prize'): ProductPage shows no prize"),
        ("{{ part('seller') }}", "part('seller'): its shape has no template"),
    ],
)
def test_a_template_that_does_not_fit_its_view_is_told_with_its_line(pages, text, told):
    found = pages({VIEW: text})
    with pytest.raises(ContractMistakes) as raised:
        found.page_of(PLAN)
    assert any(told in str(one) for one in raised.value.exceptions)


def test_names_of_the_template_itself_are_no_members(pages):
    text = "{% set a = 1 %}{% for one in seller %}{{ one }}{{ loop.index }}{{ a }}{% endfor %}"
    assert pages({VIEW: text}).page_of(PLAN) is not None


def test_a_template_that_nothing_uses_is_told(pages):
    found = pages({VIEW: "{% include '_money.html' %}", "_money.html": "", "web/Hoem.html": ""})
    found.page_of(PLAN)
    [mistake] = found.left_over()
    assert ("shop/views/templates/web/Hoem.html", True) == (mistake.where, "Hoem" in mistake.what)


def test_jinja_is_not_even_imported_where_there_is_no_template():
    made = "from bff.edge.pages.views import Pages; Pages([])"
    code = f"import sys; {made}; print('jinja2' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert b"False" == told.stdout.strip()
