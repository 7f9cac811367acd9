"""Steps of a sale: held, ordered, signed, paid, entered, filed, handed over; and what an extension needs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.services import request_change
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import cancel_contract, file_contract, sign_online, verify_contract
from salesoffice.core import clock
from salesoffice.inventory.models import Unit as StoredUnit
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.services import approve_refund, confirm_receipt, record_receipt, request_refund
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription
from salesoffice.reservations.queries import find_subscription_of_deal
from salesoffice.reservations.services import (
    SubscriptionTerms,
    place_hold,
    release_hold,
    sign_provisional,
    sign_subscription,
)
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.services import TrackMove, move_track
from tests.changes.sales import approve, entry
from tests.factories.sales import make_draft
from tests.walk.model import DEPOSIT, KEEPING, PRICE, SOLD, Sale
from tests.walk.walker import LONGEST_EXTENSION, LookupMissing, Walker


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
