"""Area settlement: DOMAIN's vectors through the sale, its schedule and its money."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeState
from salesoffice.changes.rules import ChangeNotPossible
from salesoffice.changes.services.area import SurveyMissing
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_breaches as find_contract_breaches
from salesoffice.core import clock
from salesoffice.core.errors import WrongState
from salesoffice.deals.models import Deal
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import InstalmentKind, ReceiptKind
from salesoffice.payments.models import Instalment
from salesoffice.payments.queries import balance
from salesoffice.payments.queries.breaches import find_breaches as find_money_breaches
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.queries import get_track, list_surveyed
from tests.changes.surveyed import Surveyed
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified


@pytest.fixture
def sale(app: Flask, office: Office) -> Surveyed:
    """The sale of the last unit."""
    with app.test_request_context(), transaction() as session:
        contract = make_verified(
            session,
            office,
            make_draft(session, office, make_sale(session, office, unit=len(office.units) - 1)),
        )
        return Surveyed(office, contract.deal_id)


def schedule(session: Session, sale: Surveyed) -> list[tuple[InstalmentKind, int]]:
    account_id = session.get_one(Deal, sale.deal_id).account_id
    statement = (
        select(Instalment.kind, Instalment.amount)
        .where(Instalment.account_id == account_id, Instalment.voided_at.is_(None))
        .order_by(Instalment.position)
    )
    return [(kind, amount) for kind, amount in session.execute(statement)]


def share_of(session: Session, sale: Surveyed, percent: int) -> tuple[str, int]:
    """Return the area that differs by so many per cent, and that share of the price (fen)."""
    contract = session.scalars(select(Contract).where(Contract.deal_id == sale.deal_id)).one()
    area = contract.gross_area * (100 + percent) / 100
    return f"{area:.2f}", contract.total_amount * percent // 100


@pytest.mark.parametrize(("percent", "paid"), [(2, 2), (3, 3), (4, 3)])
def test_larger_unit_costs_up_to_3_percent(session: Session, sale: Surveyed, percent: int, paid: int) -> None:
    sale.survey(share_of(session, sale, percent)[0])

    change = sale.settle()

    _area, owed = share_of(session, sale, paid)
    assert (change.state, change.amount_effect) == (ChangeState.APPLIED, owed)
    assert schedule(session, sale)[-1] == (InstalmentKind.AREA_DIFFERENCE, owed)
    assert [*find_contract_breaches(session), *find_money_breaches(session)] == []
    assert get_track(session, sale.deal_id, TrackKind.AREA_SETTLEMENT).state is TrackState.DONE


@pytest.mark.parametrize(("percent", "back"), [(-2, -2), (-3, -3), (-4, -5)])
def test_smaller_unit_is_given_back_double_beyond_3_percent(
    session: Session, sale: Surveyed, percent: int, back: int
) -> None:
    sale.survey(share_of(session, sale, percent)[0])

    change = sale.settle()

    _area, owed = share_of(session, sale, back)
    account = session.get_one(Deal, sale.deal_id).account
    assert account is not None
    assert change.amount_effect == account.area_difference_amount == owed
    assert sum(amount for _kind, amount in schedule(session, sale)) == account.total_amount
    assert [*find_contract_breaches(session), *find_money_breaches(session)] == []


def test_what_was_paid_beyond_is_left_as_paid_too_much(session: Session, sale: Surveyed) -> None:
    price = sum(amount for _kind, amount in schedule(session, sale))
    loan = dict(schedule(session, sale))[InstalmentKind.MORTGAGE]
    sale.pay(ReceiptKind.DOWN_PAYMENT, price - loan)
    sale.pay(ReceiptKind.MORTGAGE, loan)
    area, owed = share_of(session, sale, -2)
    sale.survey(area)

    sale.settle()

    account = session.get_one(Deal, sale.deal_id).account
    assert account is not None
    drawn = balance(session, account, clock.business_today())
    assert (drawn.outstanding, drawn.surplus) == (0, -owed)
    assert list(find_money_breaches(session)) == []


def test_area_money_pays_the_area_difference_only(session: Session, sale: Surveyed) -> None:
    area, owed = share_of(session, sale, 2)
    sale.survey(area)
    sale.settle()

    sale.pay(ReceiptKind.AREA_DIFFERENCE, owed)

    account = session.get_one(Deal, sale.deal_id).account
    assert account is not None
    drawn = balance(session, account, clock.business_today())
    assert [(line.kind, line.paid) for line in drawn.instalments if line.paid] == [
        (InstalmentKind.AREA_DIFFERENCE, owed)
    ]


def test_corrected_survey_is_settled_by_what_has_changed(session: Session, sale: Surveyed) -> None:
    first, owed = share_of(session, sale, 2)
    sale.survey(first)
    sale.settle()
    second, back = share_of(session, sale, -1)
    sale.survey(second)

    change = sale.settle()

    assert change.amount_effect == back - owed
    assert InstalmentKind.AREA_DIFFERENCE not in dict(schedule(session, sale))
    assert [*find_contract_breaches(session), *find_money_breaches(session)] == []


def test_settling_twice_is_refused(session: Session, sale: Surveyed) -> None:
    sale.survey(share_of(session, sale, 2)[0])
    sale.settle()

    with pytest.raises(WrongState):
        sale.settle()


def test_sale_without_a_checked_survey_is_refused(session: Session, sale: Surveyed) -> None:
    with pytest.raises(SurveyMissing) as refusal:
        sale.settle()

    assert refusal.value.code == "survey_missing"


def test_sale_without_a_contract_is_refused(app: Flask, session: Session, office: Office) -> None:
    with transaction() as writing:
        deal_id = make_sale(writing, office).deal_id

    with pytest.raises(ChangeNotPossible):
        Surveyed(office, deal_id).settle()


def test_surveyed_sales_are_listed_with_their_share(session: Session, sale: Surveyed) -> None:
    before = list_surveyed(session, sale.office.project.id)
    area, _owed = share_of(session, sale, 2)
    sale.survey(area)

    listed = list_surveyed(session, sale.office.project.id)

    assert before == []
    assert [(line.deal.id, line.share, line.is_settled) for line in listed] == [
        (sale.deal_id, Decimal("0.02"), False)
    ]
