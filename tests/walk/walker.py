"""A walk of random transactions through a real office, each step foretold by the model and compared with it afterwards."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState, Fault
from salesoffice.changes.models import Change
from salesoffice.changes.services import request_change
from salesoffice.cli.checks import CHECKS
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import cancel_contract, file_contract, sign_online, verify_contract
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.core.errors import DomainError
from salesoffice.customers.services import register_customer
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import get_deal_by_number, list_buyers, unit_state
from salesoffice.infra.db import transaction
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit as StoredUnit
from salesoffice.inventory.models import UnitOverlay
from salesoffice.inventory.services import lift_overlay, place_overlay, release_unit, withhold_unit
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.queries import balance
from salesoffice.payments.services import approve_refund, confirm_receipt, record_receipt, request_refund
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription
from salesoffice.reservations.queries import find_subscription_of_deal
from salesoffice.reservations.services import (
    SubscriptionTerms,
    expire_holds,
    place_hold,
    release_hold,
    sign_provisional,
    sign_subscription,
)
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.services import TrackMove, move_track
from tests.changes.sales import approve, entry, require_approval
from tests.factories import Office
from tests.factories.sales import make_draft
from tests.walk.model import AGREED, DEPOSIT, KEEPING, PRICE, SOLD, Model, Sale

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
        self.travel: time_machine.Coordinates | None = None
        with transaction() as writing:
            self._set_up(writing)

    def walk(self, steps: int) -> Counter[str]:
        """Take so many steps and return how often each transaction was made (`… refused`: rightly refused)."""
        with time_machine.travel(clock.now(), tick=False) as travel:
            self.travel = travel
            for number in range(1, steps + 1):
                name = self.chance.choices(list(STEPS), [weight for weight, _step in STEPS.values()])[0]
                STEPS[name][1](self)
                self._compare(f"step {number} ({name})")
                if number % 250 == 0 or number == steps:
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


def hold(walker: Walker) -> None:
    """Hold a unit."""
    unit = walker.pick_unit()

    def act(session: Session) -> None:
        stored = session.get_one(StoredUnit, walker.units[unit].id)
        made = place_hold(session, stored, actor=walker.actor("rep"))
        found.append((made.deal.number, made))

    found: list[tuple[str, Hold]] = []
    if walker.attempt("hold", act, allowed=walker.model.is_free(unit)):
        number, made = found[0]
        walker.model.begin(number, unit, "held").until = made.expires_at


def release(walker: Walker) -> None:
    """Release a hold."""
    sale = walker.pick_sale("held")
    if sale is None:
        return

    def act(session: Session) -> None:
        made = session.scalars(select(Hold).where(Hold.deal_id == walker.deal(session, sale).id)).first()
        if made is None:
            raise LookupMissing
        release_hold(session, made, actor=walker.actor("rep"))

    if walker.attempt("release", act, allowed=sale.stage == "held"):
        walker.model.end(sale, "released", comes_back=False)


class LookupMissing(DomainError):
    """There is nothing to act upon; the model must say so, too."""

    def __init__(self) -> None:
        super().__init__("nothing there", code="nothing_there")


def order(walker: Walker) -> None:
    """Order a unit provisionally: a free one, or the one held."""
    unit = walker.pick_unit()
    sale = walker.model.units[unit].sale
    customer = walker.chance.choice(walker.customers)
    is_held = sale is not None and sale.stage == "held"
    allowed = (walker.model.is_free(unit) or is_held) and not walker.model.units[unit].is_overlaid
    found: list[ProvisionalOrder] = []

    def act(session: Session) -> None:
        subject: StoredUnit | Hold = session.get_one(StoredUnit, walker.units[unit].id)
        if is_held and sale is not None:
            deal_id = walker.deal(session, sale).id
            subject = session.scalars(select(Hold).where(Hold.deal_id == deal_id)).one()
        found.append(
            sign_provisional(
                session,
                subject,
                actor=walker.actor("assistant"),
                customer_id=customer,
                amount=10_000_00,
                signed_on=clock.business_today(),
            )
        )

    if walker.attempt("order", act, allowed=allowed):
        made = found[0]
        sale = sale or walker.model.begin(made.deal.number, unit, "provisional")
        sale.stage, sale.until, sale.has_account, sale.buyers = (
            "provisional",
            made.expires_at,
            True,
            [customer],
        )


def subscribe(walker: Walker) -> None:
    """Sign an agreement for a free unit, or out of a hold or a provisional order."""
    unit = walker.pick_unit()
    sale = walker.model.units[unit].sale
    if sale is not None and sale.stage == "provisional":
        buyers = list(sale.buyers)
    else:
        buyers = walker.chance.sample(walker.customers, walker.chance.randint(1, 2))
    is_kept = sale is not None and sale.stage in KEEPING
    allowed = (walker.model.is_free(unit) or is_kept) and not walker.model.units[unit].is_overlaid
    found: list[Subscription] = []

    def act(session: Session) -> None:
        subject: StoredUnit | Hold = session.get_one(StoredUnit, walker.units[unit].id)
        if sale is not None and sale.stage == "held":
            deal_id = walker.deal(session, sale).id
            subject = session.scalars(select(Hold).where(Hold.deal_id == deal_id)).one()
        terms = SubscriptionTerms(
            customer_ids=tuple(buyers),
            plan=walker.chance.choice((PlanKind.FULL, PlanKind.INSTALMENTS)),
            deposit=DEPOSIT,
            signed_on=clock.business_today(),
        )
        found.append(sign_subscription(session, subject, actor=walker.actor("manager"), terms=terms))

    if walker.attempt("subscribe", act, allowed=allowed):
        sale = sale or walker.model.begin(found[0].deal.number, unit, "subscribed")
        walker.model.subscribe(sale, buyers)


def pay(walker: Walker) -> None:
    """Let money come and be confirmed."""
    sale = walker.pick_sale("provisional", *SOLD)
    if sale is None:
        return
    kind = ReceiptKind.PROVISIONAL if sale.stage == "provisional" else ReceiptKind.HOUSE_PRICE
    if sale.stage == "subscribed" and walker.chance.random() < 0.5:
        kind = ReceiptKind.DEPOSIT
    amount = walker.chance.choice((10_000_00, DEPOSIT, 123_456_78, sale.outstanding or PRICE))

    def act(session: Session) -> None:
        account_id = walker.deal(session, sale).account_id
        if account_id is None:
            raise LookupMissing
        walker.slip += 1
        receipt = record_receipt(
            session,
            session.get_one(Account, account_id),
            actor=walker.actor("assistant"),
            kind=kind,
            method=PaymentMethod.TRANSFER,
            amount=amount,
            received_on=clock.business_today(),
            slip_no=f"W{walker.slip}",
        )
        confirm_receipt(session, receipt, actor=walker.actor("finance"))

    if walker.attempt("pay", act, allowed=sale.has_account and sale.is_open):
        sale.received += amount
        if kind is ReceiptKind.DEPOSIT:
            sale.deposit_received += amount


def refund(walker: Walker) -> None:
    """Pay money back: asked for by one, approved by another."""
    sale = walker.pick_sale("cancelled", "forfeited", "subscribed")
    if sale is None or not sale.has_account:
        return
    amount = walker.chance.choice((1, 10_000_00, max(sale.refundable, 1)))

    def act(session: Session) -> None:
        account = session.get_one(Account, walker.deal(session, sale).account_id)
        walker.slip += 1
        asked = request_refund(
            session, account, actor=walker.actor("assistant"), amount=amount, reason=f"退款{walker.slip}"
        )
        approve_refund(session, asked, actor=walker.actor("finance"))

    if walker.attempt("refund", act, allowed=amount <= sale.refundable):
        sale.refunded += amount


def ask_extension(walker: Walker) -> None:
    """Ask for an extension; the manager has to approve it."""
    sale = walker.pick_sale("subscribed")
    if sale is None:
        return
    days = walker.chance.randint(1, 30)
    room = LONGEST_EXTENSION - 7 - sale.extended_days
    allowed = sale.can_extend and sale.asked_days is None and days <= room

    def act(session: Session) -> None:
        request_change(
            session,
            walker.deal(session, sale),
            actor=walker.actor("assistant"),
            kind=ChangeKind.EXTENSION,
            terms={"days": days},
            entry=entry(),
        )

    if walker.attempt("ask extension", act, allowed=allowed):
        sale.asked_days, sale.asked_from = days, sale.extended_days


def decide_extension(walker: Walker) -> None:
    """Approve or reject an extension that waits."""
    waiting = [sale for sale in walker.model.sales.values() if sale.asked_days is not None]
    if not waiting:
        return
    sale, is_approved = walker.chance.choice(waiting), walker.chance.random() < 0.7

    def act(session: Session) -> None:
        asked = session.scalars(
            select(Change).where(
                Change.deal_id == walker.deal(session, sale).id, Change.state == ChangeState.REQUESTED
            )
        ).one()
        approve(session, walker.office, asked, is_approved=is_approved)

    if walker.attempt("decide extension", act, allowed=True):
        if is_approved and sale.can_extend:
            sale.extended_days += sale.asked_days or 0
        sale.asked_days = None  # decided, or overtaken by what was entered meanwhile


def draft(walker: Walker) -> None:
    """Enter a contract."""
    sale = walker.pick_sale("subscribed")
    if sale is None:
        return

    def act(session: Session) -> None:
        agreement = find_subscription_of_deal(session, walker.deal(session, sale).id)
        if agreement is None:
            raise LookupMissing
        make_draft(session, walker.office, agreement)

    if walker.attempt("draft", act, allowed=sale.stage == "subscribed" and not sale.has_draft):
        sale.has_draft = True


def verify(walker: Walker) -> None:
    """Enter a contract for the second time, or discard it."""
    sale = walker.pick_sale("subscribed")
    if sale is None or not sale.has_draft:
        return

    def act(session: Session) -> None:
        found = _contract(walker, session, sale)
        if is_discarded:
            cancel_contract(session, found, actor=walker.actor("manager"), reason="录错")
        else:
            verify_contract(
                session,
                found,
                actor=walker.actor("other_assistant"),
                fields=CriticalFields(
                    customer_name=found.customer_name,
                    certificate_no=walker.certificates[sale.buyers[0]],
                    unit_code=found.unit_code,
                    gross_area=found.gross_area,
                    total_amount=sale.price,
                    signed_on=found.signed_on,
                ),
            )

    is_discarded = walker.chance.random() < 0.2
    if walker.attempt("discard" if is_discarded else "verify", act, allowed=True):
        sale.has_draft = False
        sale.stage = sale.stage if is_discarded else "contracted"


def _contract(walker: Walker, session: Session, sale: Sale) -> Contract:
    found = find_contract_of_deal(session, walker.deal(session, sale).id)
    if found is None:
        raise LookupMissing
    return found


def sign(walker: Walker) -> None:
    """Note the online signing."""
    sale = walker.pick_sale("contracted")
    if sale is None:
        return

    def act(session: Session) -> None:
        found, today = _contract(walker, session, sale), clock.business_today()
        sign_online(session, found, actor=walker.actor("assistant"), online_no="W1", on=today)

    if walker.attempt("sign online", act, allowed=sale.stage == "contracted"):
        sale.stage = "signed_online"


def file(walker: Walker) -> None:
    """Note the filing."""
    sale = walker.pick_sale("signed_online")
    if sale is None:
        return

    def act(session: Session) -> None:
        found, today = _contract(walker, session, sale), clock.business_today()
        file_contract(session, found, actor=walker.actor("assistant"), filing_no="B1", on=today)

    if walker.attempt("file", act, allowed=sale.stage == "signed_online"):
        sale.stage = "filed"


def withdraw_filing(walker: Walker) -> None:
    """Withdraw the filing."""
    sale = walker.pick_sale("filed")
    if sale is None:
        return
    act = walker.change(sale, ChangeKind.FILING_WITHDRAWAL)
    if walker.attempt("withdraw filing", act, allowed=sale.stage == "filed"):
        sale.stage = "signed_online"
        sale.overtake()


def hand_over(walker: Walker) -> None:
    """Hand a unit over, once everything is paid."""
    sale = walker.pick_sale("filed")
    if sale is None:
        return

    def act(session: Session) -> None:
        move = TrackMove(TrackState.DONE, clock.business_today())
        move_track(
            session,
            walker.deal(session, sale),
            TrackKind.HANDOVER,
            actor=walker.actor("assistant"),
            move=move,
        )

    if walker.attempt("hand over", act, allowed=sale.stage == "filed" and sale.outstanding == 0):
        sale.stage = "delivered"


def cancel(walker: Walker) -> None:
    """Cancel a sale by agreement; whose fault it is decides about the deposit."""
    sale = walker.pick_sale("provisional", *AGREED)
    if sale is None:
        return
    fault = walker.chance.choice(list(Fault))
    here = sale.received - sale.refunded
    deposit = 0 if sale.stage == "provisional" else max(min(sale.deposit_received, DEPOSIT, here), 0)
    is_order = sale.stage == "provisional"
    act = walker.change(sale, ChangeKind.CANCELLATION, fault=fault)
    if walker.attempt("cancel", act, allowed=sale.stage in {"provisional", *AGREED}):
        sale.kept = deposit if fault is Fault.BUYER else 0
        sale.owed = deposit if fault is Fault.SELLER else 0
        walker.model.end(sale, "cancelled", comes_back=not is_order)


def forfeit(walker: Walker) -> None:
    """Keep the deposit of a buyer who does not sign."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    deposit = max(min(sale.deposit_received, DEPOSIT, sale.received - sale.refunded), 0)
    act = walker.change(sale, ChangeKind.FORFEITURE)
    if walker.attempt("forfeit", act, allowed=sale.stage in AGREED):
        sale.kept = deposit
        walker.model.end(sale, "forfeited", comes_back=True)


def revive(walker: Walker) -> None:
    """Let a forfeited sale go on."""
    sale = walker.pick_sale("forfeited")
    if sale is None:
        return
    unit = walker.model.units[sale.unit]
    sign_by = clock.business_today() + timedelta(days=7)
    act = walker.change(sale, ChangeKind.REVIVAL, sign_by=sign_by.isoformat())
    allowed = sale.stage == "forfeited" and unit.sale is None and not unit.is_overlaid
    if walker.attempt("revive", act, allowed=allowed):
        sale.stage, sale.is_open, sale.kept, sale.extended_days = "subscribed", True, 0, 0
        unit.sale, unit.is_withheld = sale, False


def give_back(walker: Walker) -> None:
    """Let some of a forfeited deposit be paid back after all."""
    sale = walker.pick_sale("forfeited")
    if sale is None:
        return
    amount = walker.chance.choice((10_000_00, DEPOSIT))
    act = walker.change(sale, ChangeKind.REFUND_AFTER_FORFEITURE, amount_fen=amount)
    if walker.attempt("give back", act, allowed=sale.stage == "forfeited" and amount <= sale.kept):
        sale.kept -= amount
        sale.overtake()


def swap(walker: Walker) -> None:
    """Swap a unit for another."""
    sale, unit = walker.pick_sale(*AGREED), walker.pick_unit()
    if sale is None:
        return
    act = walker.change(sale, ChangeKind.SWAP, unit_id=walker.units[unit].id)
    if walker.attempt("swap", act, allowed=sale.stage in AGREED and walker.model.is_free(unit)):
        walker.model.move(sale, unit)


def rename(walker: Walker) -> None:
    """Let somebody else buy."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    buyers = walker.chance.sample(walker.customers, walker.chance.randint(1, 3))
    act = walker.change(sale, ChangeKind.NAME_CHANGE, customer_ids=buyers)
    allowed = sale.stage in AGREED and not sale.has_draft and buyers != sale.buyers
    if walker.attempt("rename", act, allowed=allowed):
        sale.buyers = buyers
        sale.overtake()


def change_owners(walker: Walker) -> None:
    """Add a co-owner, or take one out, or make one the principal."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    customer = walker.chance.choice(walker.customers)
    possible = sale.stage in AGREED and not sale.has_draft
    what = walker.chance.choice(("add", "remove", "principal"))
    others = [buyer for buyer in sale.buyers if buyer != customer]
    if what == "add":
        act = walker.change(sale, ChangeKind.CO_OWNER, add=[{"customer_id": customer}])
        allowed, buyers = possible and customer not in sale.buyers, [*sale.buyers, customer]
    elif what == "remove":
        act = walker.change(sale, ChangeKind.CO_OWNER, remove=[customer])
        allowed, buyers = possible and customer in sale.buyers[1:], others
    else:
        act = walker.change(sale, ChangeKind.PRINCIPAL, customer_id=customer)
        allowed, buyers = possible and customer in sale.buyers[1:], [customer, *others]
    if walker.attempt(f"{what} owner", act, allowed=allowed):
        sale.buyers = buyers
        sale.overtake()


def change_price(walker: Walker) -> None:
    """Agree on another price."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    price = walker.chance.choice((PRICE, 895_000_00, 891_000_01, PRICE + 1))
    act = walker.change(sale, ChangeKind.PRICE, total_fen=price)
    allowed = sale.stage in AGREED and not sale.has_draft and price != sale.price and price <= PRICE
    if walker.attempt("change price", act, allowed=allowed):
        sale.price = price
        sale.overtake()


def void(walker: Walker) -> None:
    """Void what was entered by mistake."""
    sale = walker.pick_sale("provisional", "subscribed")
    if sale is None:
        return
    allowed = sale.stage in {"provisional", "subscribed"} and not sale.received and not sale.has_draft
    if walker.attempt("void", walker.change(sale, ChangeKind.VOID), allowed=allowed):
        walker.model.end(sale, "void", comes_back=False)


def withhold(walker: Walker) -> None:
    """Keep a unit back, or put it on sale again."""
    index = walker.pick_unit()
    unit = walker.model.units[index]

    def act(session: Session) -> None:
        stored = session.get_one(StoredUnit, walker.units[index].id)
        if unit.is_withheld:
            release_unit(session, stored, actor=walker.actor("manager"))
        else:
            withhold_unit(session, stored, actor=walker.actor("manager"), reason="领导保留")

    name = "put on sale" if unit.is_withheld else "withhold"
    if walker.attempt(name, act, allowed=unit.sale is None):
        unit.is_withheld = not unit.is_withheld


def overlay(walker: Walker) -> None:
    """Note a legal restriction, or that it is lifted."""
    index = walker.pick_unit()
    unit = walker.model.units[index]

    def act(session: Session) -> None:
        stored, today = session.get_one(StoredUnit, walker.units[index].id), clock.business_today()
        if unit.is_overlaid:
            standing = session.scalars(
                select(UnitOverlay).where(UnitOverlay.unit_id == stored.id, UnitOverlay.lifted_on.is_(None))
            ).one()
            lift_overlay(session, standing, actor=walker.actor("manager"), lifted_on=today, reason="解除")
        else:
            place_overlay(
                session, stored, actor=walker.actor("manager"), kind=OverlayKind.SEIZED, since_on=today, reference="裁定"
            )  # fmt: skip

    if walker.attempt("lift" if unit.is_overlaid else "overlay", act, allowed=True):
        unit.is_overlaid = not unit.is_overlaid


def wait(walker: Walker) -> None:
    """Let two hours pass; what was kept by time is over."""
    if walker.travel is None:
        return
    walker.travel.shift(timedelta(hours=2))
    walker.model.pass_time(clock.now())
    walker.attempt("wait", expire_holds, allowed=True)


STEPS: dict[str, tuple[int, Callable[[Walker], None]]] = {
    "hold": (8, hold), "release": (3, release), "order": (5, order), "subscribe": (14, subscribe), "pay": (12, pay),
    "refund": (4, refund), "ask extension": (5, ask_extension), "decide extension": (5, decide_extension),
    "draft": (9, draft), "verify": (9, verify), "sign": (7, sign), "file": (5, file),
    "withdraw filing": (3, withdraw_filing), "hand over": (2, hand_over), "cancel": (4, cancel), "forfeit": (3, forfeit),
    "revive": (3, revive), "give back": (2, give_back), "swap": (6, swap), "rename": (3, rename),
    "owners": (6, change_owners), "price": (4, change_price), "void": (2, void), "withhold": (12, withhold),
    "overlay": (2, overlay), "wait": (3, wait),
}  # fmt: skip
"""How often each transaction is tried."""
