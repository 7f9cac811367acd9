"""What each section of the work list counts, and for whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.deals.enums import AttachmentKind, Stage
from salesoffice.deals.models import AttachmentRequirement
from salesoffice.deals.services import attach
from salesoffice.infra.db import db
from salesoffice.infra.files import store_file
from salesoffice.inventory.models import Unit
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.services import confirm_receipt, record_receipt, request_refund
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from salesoffice.tracks.models import ServiceTrack
from salesoffice.worklist.enums import SectionKey
from salesoffice.worklist.queries import SECTIONS, count_mine, count_waiting
from tests.conftest import Do
from tests.factories import Office
from tests.factories.earnest import make_order
from tests.factories.prices import make_submitted
from tests.factories.sales import make_buyer, make_draft, make_receipt, make_sale, make_verified

Count = Callable[..., int]
K = SectionKey


@pytest.fixture
def count(app: Flask, office: Office) -> Count:
    """Count one section for a person, some days from now."""

    def run(key: SectionKey, user: User, days: int = 0) -> int:
        with app.test_request_context(), time_machine.travel(clock.now() + timedelta(days=days), tick=True):
            found = count_waiting(db.session(), office.actor(user), [office.project.id])
            db.session.remove()
        return found[office.project.id].get(key, 0)

    return run


def hand_in_slip(session: Session, office: Office, sale: Subscription) -> None:
    stored = store_file(session, b"%PDF-1.4 slip", name="slip.pdf", media_type="application/pdf")
    attach(
        session, sale.deal, actor=office.actor(office.assistant), kind=AttachmentKind.DEPOSIT_SLIP,
        name="slip.pdf", stored=stored,
    )  # fmt: skip


def pay(session: Session, office: Office, sale: Subscription, amount: int, slip_no: str = "") -> None:
    account = sale.deal.account
    assert account is not None
    receipt = record_receipt(
        session, account, actor=office.actor(office.assistant), kind=ReceiptKind.DEPOSIT, method=PaymentMethod.TRANSFER,
        amount=amount, received_on=clock.business_today(), slip_no=slip_no,
    )  # fmt: skip
    confirm_receipt(session, receipt, actor=office.actor(office.finance))


def test_every_kind_has_one_section() -> None:
    assert [section.key for section in SECTIONS if SECTIONS.count(section) > 1] == []
    assert {section.key for section in SECTIONS} == set(SectionKey)


def test_hold_that_ends_within_two_hours_waits_for_its_rep_and_the_office(
    do: Do, office: Office, count: Count
) -> None:
    do(lambda session: place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30))

    people = (office.rep, office.other_rep, office.assistant, office.finance)
    assert [count(K.HOLDS_ENDING, user) for user in people] == [1, 0, 1, 0]


def test_hold_that_has_ended_does_not_wait(do: Do, office: Office, count: Count) -> None:
    do(lambda session: place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30))

    assert count(K.HOLDS_ENDING, office.rep, days=1) == 0


def test_provisional_order_waits_on_its_last_day(do: Do, office: Office, count: Count) -> None:
    do(lambda session: make_order(session, office, 0, make_buyer(session, office)))

    counted = [
        count(K.ORDERS_ENDING, office.assistant, days=days) for days in (0, office.project.provisional_days)
    ]

    assert sorted(counted) == [0, 1] or counted == [0, 0]
    assert sum(count(K.ORDERS_ENDING, office.assistant, days=days) for days in range(6)) == 1


def test_late_signing_and_money_wait_for_the_own_rep(do: Do, office: Office, count: Count) -> None:
    do(lambda session: make_sale(session, office))

    found = {
        key: [count(key, user, days=30) for user in (office.rep, office.other_rep, office.manager)]
        for key in (K.SIGNING_LATE, K.MONEY_LATE)
    }

    assert found == {K.SIGNING_LATE: [1, 0, 1], K.MONEY_LATE: [1, 0, 1]}


def test_draft_waits_for_another_person_and_is_shown_to_its_own(do: Do, office: Office, count: Count) -> None:
    do(lambda session: make_draft(session, office, make_sale(session, office)))

    assert [count(K.SECOND_ENTRY, user) for user in (office.assistant, office.other_assistant)] == [0, 1]
    assert [count(K.ENTRIES_OF_MINE, user) for user in (office.assistant, office.other_assistant)] == [1, 0]


def test_deposit_waits_until_it_is_recorded_as_a_whole(do: Do, office: Office, count: Count) -> None:
    sale = do(lambda session: make_sale(session, office))
    before = count(K.DEPOSITS_OPEN, office.assistant)

    do(lambda session: make_receipt(session, office, session.get_one(Subscription, sale.id), 30_000_00))
    part = count(K.DEPOSITS_OPEN, office.assistant)
    do(lambda session: make_receipt(session, office, session.get_one(Subscription, sale.id), 20_000_00))

    assert (before, part, count(K.DEPOSITS_OPEN, office.assistant)) == (1, 1, 0)


def test_deposit_without_a_slip_waits_until_the_slip_is_attached(
    do: Do, office: Office, count: Count
) -> None:
    sale = do(lambda session: make_sale(session, office))
    do(lambda session: pay(session, office, session.get_one(Subscription, sale.id), 50_000_00))
    before = count(K.DEPOSITS_WITHOUT_SLIP, office.assistant)

    do(lambda session: hand_in_slip(session, office, session.get_one(Subscription, sale.id)))

    assert (before, count(K.DEPOSITS_WITHOUT_SLIP, office.assistant)) == (1, 0)


def test_slip_without_a_deposit_waits_until_one_is_recorded(do: Do, office: Office, count: Count) -> None:
    sale = do(lambda session: make_sale(session, office))
    do(lambda session: hand_in_slip(session, office, session.get_one(Subscription, sale.id)))
    before = count(K.SLIPS_WITHOUT_DEPOSIT, office.assistant)

    do(lambda session: make_receipt(session, office, session.get_one(Subscription, sale.id)))

    assert (before, count(K.SLIPS_WITHOUT_DEPOSIT, office.assistant)) == (1, 0)


def test_recorded_money_waits_for_finance_and_is_shown_to_who_recorded_it(
    do: Do, office: Office, count: Count
) -> None:
    do(lambda session: make_receipt(session, office, make_sale(session, office)))

    assert [count(K.RECEIPTS_TO_CONFIRM, user) for user in (office.finance, office.assistant)] == [1, 0]
    assert [count(K.RECEIPTS_UNCONFIRMED, user) for user in (office.assistant, office.other_assistant)] == [
        1,
        0,
    ]


def test_refund_waits_for_who_approves_and_the_surplus_no_longer(
    do: Do, office: Office, count: Count
) -> None:
    sale = do(lambda session: make_sale(session, office))
    do(lambda session: pay(session, office, session.get_one(Subscription, sale.id), 950_000_00, "S1"))
    over = count(K.SURPLUS, office.assistant)

    def ask(session: Session) -> None:
        account = session.get_one(Subscription, sale.id).deal.account
        assert account is not None
        request_refund(
            session, account, actor=office.actor(office.assistant), amount=50_000_00, reason="overpaid"
        )

    do(ask)

    assert (over, count(K.SURPLUS, office.assistant), count(K.REFUNDS, office.finance)) == (1, 0, 1)


def test_missing_papers_of_the_next_stage_wait_one_by_one(do: Do, office: Office, count: Count) -> None:
    do(lambda session: make_sale(session, office))
    rules = (
        (Stage.CONTRACT, AttachmentKind.CERTIFICATE),
        (Stage.CONTRACT, AttachmentKind.HOUSEHOLD),
        (Stage.FILE, AttachmentKind.OTHER),
    )
    do(lambda session: session.add_all(
        AttachmentRequirement(project_id=office.project.id, stage=stage, kind=kind) for stage, kind in rules
    ))  # fmt: skip

    assert [count(K.ATTACHMENTS_MISSING, user) for user in (office.assistant, office.rep)] == [2, 0]


def test_unfiled_contract_and_its_tracks_wait(do: Do, office: Office, count: Count) -> None:
    contract = do(
        lambda session: make_verified(
            session, office, make_draft(session, office, make_sale(session, office))
        )
    )

    def set_day(session: Session) -> None:
        for track in session.scalars(select(ServiceTrack).where(ServiceTrack.deal_id == contract.deal_id)):
            track.due_on = clock.business_today() + timedelta(days=7)
        session.flush()

    do(set_day)
    total = do(lambda session: len(session.scalars(select(ServiceTrack.id)).all()))

    assert (count(K.FILINGS, office.assistant), count(K.TRACKS, office.assistant)) == (1, total)


def test_notice_waits_until_the_buyer_has_it(do: Do, office: Office, count: Count) -> None:
    sale = do(lambda session: make_sale(session, office))

    def add(session: Session) -> None:
        today = clock.business_today()
        notice = EngineeringNotice(
            project_id=office.project.id, number="N1", title="Facade", body="The facade changes.", decided_on=today,
            entered_at=clock.now(), entered_by_id=office.assistant.id,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        session.add(NoticeDelivery(notice_id=notice.id, deal_id=sale.deal_id))

    do(add)

    assert [count(K.NOTICES, user) for user in (office.assistant, office.finance)] == [1, 0]


def test_units_and_prices_wait_for_their_roles(do: Do, office: Office, count: Count) -> None:
    def change(session: Session) -> None:
        make_submitted(session, office, {0: 950_000})
        session.get_one(Unit, office.units[1].id).doubt = "floor unclear"
        session.flush()

    do(change)

    found = [
        count(K.PRICES, office.manager),
        count(K.PRICES, office.planner),
        count(K.DOUBTS, office.assistant),
    ]
    assert found == [1, 0, 1]


def test_counts_of_a_person_add_up_for_the_navigation(do: Do, app: Flask, office: Office) -> None:
    do(lambda session: make_draft(session, office, make_sale(session, office)))
    do(lambda session: place_hold(session, office.units[1], actor=office.actor(office.rep)))

    with app.test_request_context():
        totals = [
            count_mine(db.session(), office.actor(user), office.project.id)
            for user in (office.assistant, office.other_assistant, office.executive)
        ]

    assert totals == [2, 3, 0]


def test_navigation_counts_again_after_a_change(do: Do, app: Flask, office: Office) -> None:
    def count_now(session: Session) -> int:
        return count_mine(session, office.actor(office.other_assistant), office.project.id)

    before = do(count_now)
    do(lambda session: make_draft(session, office, make_sale(session, office)))

    assert (before, do(count_now)) == (0, 2)
    assert do(lambda session: len(session.scalars(select(Contract.id)).all())) == 1
