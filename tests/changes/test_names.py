"""Who buys: other names, co-owners with shares, another principal; the contract follows."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import DomainError
from salesoffice.customers.models import Customer
from salesoffice.deals.models import DealBuyer
from salesoffice.infra.db import db
from salesoffice.reservations.models import Subscription
from tests.changes.people import make_other
from tests.changes.sales import ask, contract, file
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_draft
from tests.support.faults import list_breaches


def buyers(app: Flask, sale: Subscription) -> list[tuple[str, Decimal | None]]:
    with app.test_request_context():
        statement = select(DealBuyer).where(DealBuyer.deal_id == sale.deal_id).order_by(DealBuyer.position)
        return [(row.customer.name, row.share) for row in db.session.scalars(statement)]


def first_id(sale: Subscription) -> int:
    return sale.deal.buyers[0].customer_id


def test_name_change_puts_another_person_in_the_place_of_all_buyers(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    other = do(lambda s: make_other(s, office))

    change = do(lambda s: ask(s, office, sale.deal, ChangeKind.NAME_CHANGE, customer_ids=[other.id]))

    assert buyers(app, sale) == [("李乙", None)]
    assert '"name":"李*"' in change.new_values
    assert "李乙" not in change.new_values
    assert list_breaches(app) == []


def test_name_change_brings_the_contract_in_line(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    made = do(lambda s: contract(s, office, s.get_one(Subscription, sale.id)))
    other = do(lambda s: make_other(s, office))

    do(lambda s: ask(s, office, sale.deal, ChangeKind.NAME_CHANGE, customer_ids=[other.id]))

    with app.test_request_context():
        found = db.session.get_one(Contract, made.id)
    assert (found.customer_name, found.certificate_index) == ("李乙", other.certificate_index)
    assert list_breaches(app) == []


def test_name_change_without_a_certificate_is_refused_once_there_is_a_contract(
    do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda s: contract(s, office, s.get_one(Subscription, sale.id)))
    other = do(lambda s: make_other(s, office, certificate=False))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.NAME_CHANGE, customer_ids=[other.id]))

    assert refusal.value.code == "certificate_missing"


def test_name_change_waits_for_a_draft(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: make_draft(s, office, s.get_one(Subscription, sale.id)))
    other = do(lambda s: make_other(s, office))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.NAME_CHANGE, customer_ids=[other.id]))

    assert refusal.value.code == "wrong_state"


def test_name_change_of_a_filed_contract_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: file(s, office, s.get_one(Subscription, sale.id)))
    other = do(lambda s: make_other(s, office))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.NAME_CHANGE, customer_ids=[other.id]))

    assert refusal.value.code == "wrong_state"


def test_co_owners_with_shares_come_change_and_go(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    one = first_id(sale)
    two, three = do(lambda s: (make_other(s, office), make_other(s, office, name="王丙")))
    add = [{"customer_id": two.id, "share": "0.3"}, {"customer_id": three.id, "share": "0.2"}]

    do(lambda s: ask(s, office, sale.deal, ChangeKind.CO_OWNER, add=add, shares={str(one): "0.5"}))
    added = buyers(app, sale)
    do(lambda s: ask(s, office, sale.deal, ChangeKind.PRINCIPAL, customer_id=three.id))
    turned = buyers(app, sale)
    do(
        lambda s: ask(
            s,
            office,
            sale.deal,
            ChangeKind.NAME_CHANGE,
            customer_ids=[do_other(s, office).id],
            replaced_id=two.id,
        )
    )
    renamed = buyers(app, sale)
    do(lambda s: ask(s, office, sale.deal, ChangeKind.CO_OWNER, remove=[one]))

    assert added == [("张甲", Decimal("0.5")), ("李乙", Decimal("0.3")), ("王丙", Decimal("0.2"))]
    assert turned == [("王丙", Decimal("0.2")), ("张甲", Decimal("0.5")), ("李乙", Decimal("0.3"))]
    assert renamed == [("王丙", Decimal("0.2")), ("张甲", Decimal("0.5")), ("赵丁", Decimal("0.3"))]
    assert buyers(app, sale) == [("王丙", None), ("赵丁", None)]
    assert list_breaches(app) == []


def do_other(session: Session, office: Office) -> Customer:
    return make_other(session, office, name="赵丁", certificate=False)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({}, "add"),
        ({"add": [{"customer_id": 2**31 - 1}]}, "add"),
        ({"add": "all"}, "add"),
        ({"add": [{"customer_id": "other", "share": "0.5"}]}, "shares"),
        ({"add": [{"customer_id": "other", "share": "0.5"}], "shares": {"one": "0.6"}}, "shares"),
        ({"add": [{"customer_id": "other", "share": "0"}], "shares": {"one": "1"}}, "shares"),
        ({"add": [{"customer_id": "other"}], "shares": {"999999": "1"}}, "shares"),
        ({"add": [{"customer_id": "one"}]}, "add"),
        ({"remove": ["one"]}, "remove"),
        ({"remove": [999999]}, "remove"),
    ],
)
def test_co_owners_that_cannot_be_are_refused_by_the_field(
    do: Do, office: Office, sale: Subscription, terms: dict[str, Any], field: str
) -> None:
    other = do(lambda s: make_other(s, office))
    known = {"one": first_id(sale), "other": other.id}

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.CO_OWNER, **name(terms, known)))

    assert refusal.value.errors[0].field == field


def name(terms: dict[str, Any], known: dict[str, int]) -> dict[str, Any]:
    def put(value: object) -> object:
        if isinstance(value, dict):
            return {str(put(key)): put(item) for key, item in value.items()}
        if isinstance(value, list):
            return [put(item) for item in value]
        return known.get(value, value) if isinstance(value, str) else value

    found = put(terms)
    assert isinstance(found, dict)
    return found


def test_principal_that_does_not_buy_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    other = do(lambda s: make_other(s, office))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRINCIPAL, customer_id=other.id))

    assert refusal.value.errors[0].field == "customer_id"


def test_principal_who_is_so_already_changes_nothing(do: Do, office: Office, sale: Subscription) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRINCIPAL, customer_id=first_id(sale)))

    assert refusal.value.errors[0].field == "customer_id"
