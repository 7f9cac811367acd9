"""A notice is entered, told to the buyers, answered; silence counts as consent."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import run_sweep
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Floor
from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.notices.services import Telling, enter_answer, mark_notified
from salesoffice.reservations.models import Subscription
from tests.factories import Office

Enter = Callable[..., EngineeringNotice]


def tell(office: Office, delivery_id: int, on: date | None = None, how: str = "当面签收") -> None:
    with transaction() as session:
        mark_notified(
            session,
            session.get_one(NoticeDelivery, delivery_id),
            actor=office.actor(office.manager),
            telling=Telling(how, on or clock.business_today()),
        )


def reply(
    office: Office, delivery_id: int, answer: BuyerAnswer = BuyerAnswer.ACCEPTED, on: date | None = None
) -> None:
    with transaction() as session:
        enter_answer(
            session,
            session.get_one(NoticeDelivery, delivery_id),
            actor=office.actor(office.manager),
            answer=answer,
            on=on or clock.business_today(),
        )


def code_of(change: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        change()
    return refusal.value.code


def get(session: Session, delivery_id: int) -> NoticeDelivery:
    session.rollback()
    session.expire_all()
    return session.get_one(NoticeDelivery, delivery_id)


def test_notice_concerns_the_contracted_sales_of_the_building(
    session: Session, notice: EngineeringNotice, sales: tuple[Subscription, ...]
) -> None:
    deals = session.scalars(select(NoticeDelivery.deal_id).order_by(NoticeDelivery.id)).all()

    told = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("notice.%"))).all()
    assert notice.number == "SJ000001"
    assert deals == [sales[0].deal_id, sales[1].deal_id]
    assert told == ["notice.entered", "notice.planned", "notice.planned"]


def test_single_sales_are_named_by_deal_or_unit(enter: Enter, sales: tuple[Subscription, ...]) -> None:
    by_deal = enter(codes=(sales[1].deal.number,))
    by_unit = enter(codes=("1-A-101",))

    assert [delivery.deal_id for delivery in by_deal.deliveries] == [sales[1].deal_id]
    assert [delivery.deal_id for delivery in by_unit.deliveries] == [sales[0].deal_id]


def test_section_narrowed_by_a_type_nobody_bought_is_refused(
    session: Session, enter: Enter, office: Office
) -> None:
    section_id = session.get_one(Floor, office.units[0].floor_id).section_id

    assert len(enter(section_ids=(section_id,)).deliveries) == 2
    assert code_of(lambda: enter(section_ids=(section_id,), unit_type_ids=(999,))) == "notice_without_deals"


def test_sale_without_contract_is_refused_by_its_unit(enter: Enter) -> None:
    assert code_of(lambda: enter(codes=("1-A-301",))) == "notice_code_unknown"


def test_notice_about_nothing_is_refused(enter: Enter) -> None:
    assert code_of(lambda: enter(building_ids=())) == "notice_without_deals"


def test_decision_of_tomorrow_is_refused(enter: Enter) -> None:
    assert code_of(lambda: enter(clock.business_today() + timedelta(days=1))) == "invalid_input"


def test_buyers_are_told_once(session: Session, office: Office, notice: EngineeringNotice) -> None:
    tell(office, 1)

    assert code_of(lambda: tell(office, 1)) == "wrong_state"
    delivery = get(session, 1)
    assert (delivery.notified_how, delivery.notified_on) == ("当面签收", clock.business_today())


@pytest.mark.parametrize(("days", "how"), [(1, "EMS"), (-1, "EMS"), (0, " ")])
def test_telling_that_cannot_be_is_refused(
    session: Session, office: Office, notice: EngineeringNotice, days: int, how: str
) -> None:
    on = clock.business_today() + timedelta(days=days)

    assert code_of(lambda: tell(office, 1, on, how)) == "invalid_input"


def test_answer_before_telling_is_refused(
    session: Session, office: Office, notice: EngineeringNotice
) -> None:
    assert code_of(lambda: reply(office, 1)) == "wrong_state"


def test_answer_is_entered_once(session: Session, office: Office, notice: EngineeringNotice) -> None:
    tell(office, 1)
    reply(office, 1, BuyerAnswer.WITHDREW)

    assert code_of(lambda: reply(office, 1)) == "wrong_state"
    assert get(session, 1).answer is BuyerAnswer.WITHDREW


def test_silence_is_noted_once_after_the_last_day(session: Session, office: Office, enter: Enter) -> None:
    today = clock.business_today()
    enter(today)
    tell(office, 1)

    with time_machine.travel(f"{today + timedelta(days=15)} 23:59+08:00", tick=False):
        on_the_last_day = run_sweep("notices.silence")
    with time_machine.travel(f"{today + timedelta(days=16)} 00:01+08:00", tick=False):
        noted = [run_sweep("notices.silence") for _ in range(2)]

    delivery = get(session, 1)
    assert (on_the_last_day, noted) == (0, [1, 0])
    assert (delivery.answer, delivery.answered_on) == (BuyerAnswer.SILENT, today + timedelta(days=15))
    assert get(session, 2).answer is BuyerAnswer.NONE


def test_answer_given_in_time_is_entered_after_silence_was_noted(
    session: Session, office: Office, enter: Enter
) -> None:
    today = clock.business_today()
    enter(today)
    tell(office, 1)
    with time_machine.travel(f"{today + timedelta(days=17)} 09:00+08:00", tick=False):
        run_sweep("notices.silence")

        late = code_of(lambda: reply(office, 1, on=today + timedelta(days=16)))
        reply(office, 1, on=today + timedelta(days=14))

    assert late == "wrong_state"
    assert get(session, 1).answer is BuyerAnswer.ACCEPTED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notice_deliveries SET answer = 'accepted', answered_on = '2026-05-01'",
        "UPDATE notice_deliveries SET notified_on = '2026-05-01', answer = 'accepted'",
        "UPDATE notice_deliveries SET deal_id = deal_id + 1",
        "UPDATE engineering_notices SET body = 'another'",
        "UPDATE engineering_notices SET answer_days = 1",
        "DELETE FROM notice_deliveries",
    ],
)
def test_database_keeps_notices_and_their_order(
    session: Session, notice: EngineeringNotice, statement: str
) -> None:
    with pytest.raises(DatabaseError), transaction() as writing:
        writing.execute(text(statement))
