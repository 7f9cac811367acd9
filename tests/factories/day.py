"""A scripted business day with known figures: Thursday 2026-11-19 and Friday 2026-11-20 of a small office.

Everything goes through the services, with the clock at the moment of each step. The figures are in the tests of the
daily log; `tests/dailylog/conftest.py` has the fixture.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry, draft_contract, verify_contract
from salesoffice.core.certificates import CertificateKind
from salesoffice.core.permissions import SYSTEM, Actor
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.dailylog.enums import OpinionKind
from salesoffice.dailylog.services import add_opinion, get_or_open_log, save_notes
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import withhold_unit
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Receipt
from salesoffice.payments.services import confirm_receipt, record_receipt, reverse_receipt
from salesoffice.projects.services import add_recipient
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.services import (
    SubscriptionTerms,
    cancel_subscription,
    place_hold,
    release_hold,
    sign_subscription,
)
from salesoffice.staff.models import User
from tests.factories import Office, make_office

FIRST_DAY = date(2026, 11, 19)
DAY = date(2026, 11, 20)
ZONE = ZoneInfo("Asia/Shanghai")
CERTIFICATES = ("11010519491231002X", "440524198001010013", "530102199005080111")
RECIPIENTS = ("chairman@example.test", "manager@example.test")


@contextmanager
def clock_at(day: date, hour: int, minute: int = 0) -> Iterator[None]:
    """Let everything in this process happen at one moment of the office's time."""
    with time_machine.travel(datetime.combine(day, time(hour, minute), tzinfo=ZONE), tick=False):
        yield


@dataclass
class Days:
    """The office with what has happened so far; `app` writes it."""

    app: Flask
    office: Office
    customers: list[Customer] = field(default_factory=list)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)

    @contextmanager
    def at(self, day: date, hour: int, minute: int = 0) -> Iterator[Session]:
        """Open a transaction at a moment."""
        with clock_at(day, hour, minute), self.app.test_request_context(), transaction() as session:
            yield session

    def actor(self, user: User) -> Actor:
        """Return the acting person of a user."""
        return self.office.actor(user)

    def unit(self, session: Session, room: str) -> Unit:
        """Return a unit by its room number."""
        return session.get_one(Unit, next(unit.id for unit in self.office.units if unit.room_no == room))

    def visit(
        self, day: date, hour: int, kind: VisitKind, *, is_first: bool, attributed: date | None = None
    ) -> None:
        """Record a call or a visit."""
        with self.at(day, hour) as session:
            record_visit(
                session,
                project_id=self.office.project.id,
                actor=self.actor(self.office.rep),
                kind=kind,
                is_first=is_first,
                source=Source.WALK_IN,
                happened_on=attributed or day,
            )

    def subscribe(
        self,
        moment: tuple[date, int, int],
        room: str,
        customer: int,
        plan: PlanKind,
        deposit: int,
        *,
        signed_on: date | None = None,
    ) -> None:
        """Sign a subscription of a free unit, kept under the room's number; `signed_on` says that it is entered late."""
        day, hour, minute = moment
        with self.at(day, hour, minute) as session:
            terms = SubscriptionTerms((self.customers[customer].id,), plan, deposit, signed_on or day)
            unit = self.unit(session, room)
            actor = self.actor(self.office.assistant)
            self.subscriptions[room] = sign_subscription(session, unit, actor=actor, terms=terms)

    def receive(self, moment: tuple[date, int, int], room: str, kind: ReceiptKind, amount: int) -> Receipt:
        """Record money of a subscription and confirm it in the same minute."""
        with self.at(*moment) as session:
            subscription = session.get_one(Subscription, self.subscriptions[room].id)
            account = subscription.deal.account
            assert account is not None
            receipt = record_receipt(
                session,
                account,
                actor=self.actor(self.office.assistant),
                kind=kind,
                method=PaymentMethod.TRANSFER,
                amount=amount,
                received_on=moment[0],
            )
            return confirm_receipt(session, receipt, actor=self.actor(self.office.finance))

    def contract(self, moment: tuple[date, int, int], room: str, customer: int) -> Contract:
        """Enter the contract of a subscription and verify it by a second person."""
        with self.at(*moment) as session:
            subscription = session.get_one(Subscription, self.subscriptions[room].id)
            contract = draft_contract(
                session, subscription, actor=self.actor(self.office.assistant), entry=ContractEntry(moment[0])
            )
            fields = CriticalFields(
                customer_name=contract.customer_name,
                certificate_no=CERTIFICATES[customer],
                unit_code=contract.unit_code,
                gross_area=contract.gross_area,
                total_amount=contract.total_amount,
                signed_on=contract.signed_on,
            )
            actor = self.actor(self.office.other_assistant)
            assert not verify_contract(session, contract, actor=actor, fields=fields).differences
            return contract


def open_office(app: Flask) -> Days:
    """Open the office on Monday 2026-11-02: 20 units of 90.00 m² at 900,000.00, two recipients, three customers."""
    with clock_at(date(2026, 11, 2), 9), app.test_request_context(), transaction() as session:
        office = make_office(session)
        for email in RECIPIENTS:
            add_recipient(session, office.project, actor=SYSTEM, email=email)
    days = Days(app, office)
    for index, name in enumerate(("张伟", "李娜", "王芳")):
        with days.at(date(2026, 11, 2), 10) as session:
            customer = register_customer(
                session,
                project_id=office.project.id,
                actor=days.actor(office.rep),
                name=name,
                phones=[f"1380000100{index}"],
                certificate_kind=CertificateKind.IDENTITY_CARD,
                certificate_no=CERTIFICATES[index],
            )
            days.customers.append(customer)
    return days


def live_thursday(days: Days) -> None:
    """A first visit, a subscription of 101 with its deposit of 50,000.00."""
    days.visit(FIRST_DAY, 10, VisitKind.VISIT, is_first=True)
    days.subscribe((FIRST_DAY, 10, 30), "101", 0, PlanKind.FULL, 50_000_00)
    days.receive((FIRST_DAY, 11, 0), "101", ReceiptKind.DEPOSIT, 50_000_00)


def live_friday(days: Days) -> None:
    """Everything that the figures of the day are made of, up to 18:20."""
    for hour, kind, is_first in (
        (9, VisitKind.CALL, True),
        (9, VisitKind.CALL, False),
        (9, VisitKind.VISIT, True),
        (13, VisitKind.VISIT, True),
        (14, VisitKind.VISIT, False),
    ):
        days.visit(DAY, hour, kind, is_first=is_first)
    _hold_and_subscribe(days)
    days.contract((DAY, 11, 0), "101", 0)
    days.receive((DAY, 11, 30), "101", ReceiptKind.HOUSE_PRICE, 850_000_00)
    days.receive((DAY, 11, 40), "102", ReceiptKind.DEPOSIT, 100_000_00)
    wrong = days.receive((DAY, 12, 0), "102", ReceiptKind.DOWN_PAYMENT, 10_000_00)
    with days.at(DAY, 12, 30) as session:
        receipt = session.get_one(Receipt, wrong.id)
        reverse_receipt(session, receipt, actor=days.actor(days.office.finance), reason="wrong account")
    days.receive((DAY, 15, 0), "102", ReceiptKind.MORTGAGE, 200_000_00)
    days.subscribe((DAY, 14, 0), "301", 2, PlanKind.FULL, 100_000_00)
    with days.at(DAY, 16) as session:
        subscription = session.get_one(Subscription, days.subscriptions["301"].id)
        manager = days.actor(days.office.manager)
        cancel_subscription(session, subscription, actor=manager, reason="loan refused")
    with days.at(DAY, 16, 30) as session:
        manager = days.actor(days.office.manager)
        withhold_unit(session, days.unit(session, "401"), actor=manager, reason="kept for a partner")
    _write_words(days)
    with days.at(DAY, 18, 10) as session:
        place_hold(session, days.unit(session, "104"), actor=days.actor(days.office.rep))


def close_at(
    days: Days, day: date, close: Callable[[Session], object], hour: int = 18, minute: int = 30
) -> None:
    """Run a closing at its time."""
    with days.at(day, hour, minute) as session:
        close(session)


def _hold_and_subscribe(days: Days) -> None:
    rep = days.actor(days.office.rep)
    with days.at(DAY, 10) as session:
        hold = place_hold(session, days.unit(session, "102"), actor=rep, customer_id=days.customers[1].id)
    with days.at(DAY, 10, 5) as session:
        terms = SubscriptionTerms((days.customers[1].id,), PlanKind.MORTGAGE, 100_000_00, DAY)
        days.subscriptions["102"] = sign_subscription(
            session, session.get_one(Hold, hold.id), actor=days.actor(days.office.assistant), terms=terms
        )
    with days.at(DAY, 10, 10) as session:
        hold = place_hold(session, days.unit(session, "103"), actor=rep)
    with days.at(DAY, 10, 20) as session:
        release_hold(session, session.get_one(Hold, hold.id), actor=rep)
    with days.at(DAY, 10, 40) as session:
        place_hold(session, days.unit(session, "201"), actor=rep)


def _write_words(days: Days) -> None:
    project = days.office.project
    with days.at(DAY, 17) as session:
        add_opinion(
            session,
            project,
            actor=days.actor(days.office.rep),
            kind=OpinionKind.LIKED,
            text="南北通透，得房率高",
        )
        log = get_or_open_log(session, project, DAY)
        save_notes(
            session,
            log,
            actor=days.actor(days.office.assistant),
            weather="多云 18℃",
            plan="周末暖场活动，预约 12 组",
        )
