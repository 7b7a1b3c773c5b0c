"""Endpoints get the criticality that the operator chose, and a wrong name is told."""

import pytest

from bff.compose.ranking import ranked
from bff.terms.mistakes import ContractMistakes
from tests.edge.conftest import an_endpoint

PAY = an_endpoint("/v1/pay", client="api", name="Orders_Pay", calls=("shop.Orders/Pay",))
HOME = an_endpoint("/web/home", client="web", name="web_Home", calls=("shop.Orders/List",))


def test_a_route_is_named_by_its_rpc_and_a_screen_by_its_operation():
    chosen = {"shop.Orders/Pay": "critical", "web_Home": "sheddable"}
    assert ["critical", "sheddable"] == [one.criticality for one in ranked([PAY, HOME], chosen)]


def test_what_nobody_chose_is_normal():
    assert ["normal", "normal"] == [one.criticality for one in ranked([PAY, HOME], {})]


def test_every_name_that_nothing_is_served_by_is_told():
    with pytest.raises(ContractMistakes) as caught:
        ranked([PAY, HOME], {"shop.Orders/List": "critical", "web_Hom": "critical"})
    wrong = ['criticality."shop.Orders/List"', 'criticality."web_Hom"']
    assert wrong == [one.where for one in caught.value.exceptions]
