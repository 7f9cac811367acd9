"""A walk of random transactions through a real office, each step foretold by the model and compared with it afterwards."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState, Fault
from salesoffice.changes.models import Change
from salesoffice.changes.services import request_change
from salesoffice.cli.checks import CHECKS
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.core.errors import DomainError
from salesoffice.customers.services import register_customer
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import get_deal_by_number, list_buyers, unit_state
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit as StoredUnit
from salesoffice.payments.models import Account
from salesoffice.payments.queries import balance
from tests.changes.sales import entry, require_approval
from tests.factories import Office
from tests.walk.model import SOLD, Model, Sale

UNIT_COUNT = 6
CUSTOMER_COUNT = 5
LONGEST_EXTENSION = 365


def identity_card(number: int) -> str:
    """Return an invented identity number with its right check digit (GB 11643)."""
    digits = f"11010119900307{number:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


class Disagreement(AssertionError):
    """The office and the model differ."""


class Walker:
    """Takes random steps; raises Disagreement at the first difference."""

    def __init__(self, session: Session, office: Office, *, seed: int) -> None:
        self.session = session
        self.office = office
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.units = office.units[:UNIT_COUNT]
        self.model = Model(range(UNIT_COUNT))
        self.travel: time_machine.Traveller | None = None
        with transaction() as writing:
            self._set_up(writing)

    def walk(self, count: int, steps: "Steps") -> Counter[str]:
        """Take so many steps and return how often each transaction was made (`… refused`: rightly refused)."""
        with time_machine.travel(clock.now(), tick=False) as travel:
            self.travel = travel
            for number in range(1, count + 1):
                name = self.chance.choices(list(steps), [weight for weight, _step in steps.values()])[0]
                steps[name][1](self)
                self._compare(f"step {number} ({name})")
                if number % 250 == 0 or number == count:
                    self._verify(f"step {number} ({name})")
        return self.counts

    def _set_up(self, session: Session) -> None:
        project = session.merge(self.office.project)
        project.hold_limit, project.max_hold_minutes = 10_000, 10_000_000
        require_approval(session, self.office, ChangeKind.EXTENSION)
        self.certificates = {
            register_customer(
                session,
                project_id=project.id,
                actor=self.office.actor(self.office.assistant),
                name=f"买{number}",
                phones=[f"1380000{number:04d}"],
                certificate_kind=CertificateKind.IDENTITY_CARD,
                certificate_no=identity_card(number),
                rep_id=self.office.rep.id,
            ).id: identity_card(number)
            for number in range(CUSTOMER_COUNT)
        }
        self.customers = list(self.certificates)
        self.slip = 0

    # choosing

    def pick_unit(self) -> int:
        return self.chance.randrange(UNIT_COUNT)

    def pick_sale(self, *stages: str) -> Sale | None:
        """Choose a sale, mostly of these stages; now and then any of the latest, to be refused."""
        latest = list(self.model.sales.values())[-12:]
        claimed = [unit.sale for unit in self.model.units.values() if unit.sale is not None]
        fitting = [sale for sale in [*claimed, *latest] if sale.stage in stages]
        pool = fitting if fitting and self.chance.random() < 0.85 else [*claimed, *latest]
        return self.chance.choice(pool) if pool else None

    def actor(self, role: str) -> Any:
        return self.office.actor(getattr(self.office, role))

    def deal(self, session: Session, sale: Sale) -> Deal:
        return get_deal_by_number(session, self.office.project.id, sale.number)

    # acting

    def attempt(
        self, name: str, action: Callable[[Session], object], *, allowed: bool, why: str = ""
    ) -> bool:
        """Do something for real; it must be refused exactly when the model says so."""
        try:
            with transaction() as session:
                action(session)
        except DomainError as refusal:
            if allowed:
                raise Disagreement(f"{name} was refused: {refusal} {why}") from refusal
            self.counts[f"{name} refused"] += 1
            return False
        if not allowed:
            raise Disagreement(f"{name} was not refused {why}")
        self.counts[name] += 1
        return True

    def change(
        self, sale: Sale, kind: ChangeKind, *, fault: Fault = Fault.NONE, **terms: Any
    ) -> Callable[[Session], object]:
        def ask(session: Session) -> Change:
            made = request_change(
                session,
                self.deal(session, sale),
                actor=self.actor("manager"),
                kind=kind,
                terms=terms,
                entry=entry(fault=fault),
            )
            if made.state is not ChangeState.APPLIED:
                raise Disagreement(f"{kind.value} was not applied")
            return made

        return ask

    # comparing

    def _compare(self, where: str) -> None:
        self.session.rollback()
        self.session.expire_all()
        for index, unit in enumerate(self.units):
            found = unit_state(self.session, self.session.get_one(StoredUnit, unit.id)).value
            if found != self.model.state_of(index):
                raise Disagreement(f"{where}: unit {index} is {found}, foretold {self.model.state_of(index)}")
        touched = {id(unit.sale): unit.sale for unit in self.model.units.values() if unit.sale is not None}
        for sale in [*touched.values(), *list(self.model.sales.values())[-4:]]:
            self._compare_sale(where, sale)
        open_claims = (
            select(Claim.unit_id, func.count()).where(Claim.closed_at.is_(None)).group_by(Claim.unit_id)
        )
        doubled = [unit_id for unit_id, count in self.session.execute(open_claims) if count > 1]
        deals = self.session.scalar(select(func.count(Deal.id)))
        if doubled or deals != len(self.model.sales):
            raise Disagreement(f"{where}: doubled {doubled}, {deals} deals for {len(self.model.sales)} sales")

    def _compare_sale(self, where: str, sale: Sale) -> None:
        deal = self.deal(self.session, sale)
        found: dict[str, object] = {"unit": deal.unit_id, "open": deal.ended_at is None}
        wanted: dict[str, object] = {"unit": self.units[sale.unit].id, "open": sale.is_open}
        if sale.stage != "expired" and sale.until is None and sale.buyers:
            found["buyers"] = [row.customer_id for row in list_buyers(self.session, deal.id)]
            wanted["buyers"] = sale.buyers
        if sale.has_account:
            account = self.session.get_one(Account, deal.account_id)
            found |= {
                "received": account.received_amount, "refunded": account.refunded_amount,
                "kept": account.retained_amount, "owed": account.compensation_amount,
            }  # fmt: skip
            wanted |= {
                "received": sale.received,
                "refunded": sale.refunded,
                "kept": sale.kept,
                "owed": sale.owed,
            }
            if sale.stage in SOLD:
                drawn = balance(self.session, account, clock.business_today())
                found |= {"price": account.total_amount, "outstanding": drawn.outstanding}
                wanted |= {"price": sale.price, "outstanding": sale.outstanding}
        if found != wanted:
            raise Disagreement(f"{where}: sale {sale.number} is {found}, foretold {wanted}")

    def _verify(self, where: str) -> None:
        self.session.rollback()
        breaches = [f"{name}: {words}" for name, check in CHECKS for words in check(self.session)]
        if breaches:
            raise Disagreement(f"{where}: {breaches[:5]}")


class LookupMissing(DomainError):
    """There is nothing to act upon; the model must say so, too."""

    def __init__(self) -> None:
        super().__init__("nothing there", code="nothing_there")


Steps = Mapping[str, tuple[int, Callable[[Walker], None]]]
"""Transactions by name: how often each is tried, and what tries it."""
