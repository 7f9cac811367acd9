"""Sales at every stage, and the changes of them in one line each."""

from typing import Any

from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import decide, set_rule
from salesoffice.changes.enums import ChangeKind, Fault, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.contracts.models import Contract
from salesoffice.contracts.services import file_contract, sign_online
from salesoffice.core import clock
from salesoffice.core.permissions import Role
from salesoffice.deals.models import Deal
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified


def entry(reason: str = "客户申请", **changes: Any) -> ChangeEntry:
    """Say why: the buyer's wish, today, nobody's fault, unless changed."""
    values: dict[str, Any] = {"reason_code": ReasonCode.BUYERS_WISH, "signed_on": clock.business_today()}
    return ChangeEntry(reason=reason, **(values | changes))


def ask(
    session: Session,
    office: Office,
    deal: Deal,
    kind: ChangeKind,
    *,
    by: User | None = None,
    fault: Fault = Fault.NONE,
    **terms: Any,
) -> Change:
    """Ask for a change as the manager (or another person)."""
    found = session.get_one(Deal, deal.id)
    actor = office.actor(by or office.manager)
    return request_change(session, found, actor=actor, kind=kind, terms=terms, entry=entry(fault=fault))


def require_approval(session: Session, office: Office, *kinds: ChangeKind) -> None:
    """Let the manager alone approve changes of some kinds."""
    for kind in kinds:
        set_rule(
            session,
            office.project.id,
            actor=office.actor(office.executive),
            kind=kind.value,
            is_required=True,
            steps=[StepDraft(1, Role.MANAGER)],
        )


def approve(session: Session, office: Office, change: Change, *, is_approved: bool = True) -> ApprovalRequest:
    """Decide about a change as the manager."""
    found = session.get_one(Change, change.id)
    request = session.get_one(ApprovalRequest, found.request_id)
    comment = "" if is_approved else "不同意"
    return decide(
        session, request, actor=office.actor(office.manager), is_approved=is_approved, comment=comment
    )


def pay(
    session: Session, office: Office, deal: Deal, amount: int, kind: ReceiptKind = ReceiptKind.DEPOSIT
) -> None:
    """Record money as the assistant and confirm it as finance."""
    account = session.get_one(Deal, deal.id).account
    assert account is not None
    receipt = record_receipt(
        session,
        account,
        actor=office.actor(office.assistant),
        kind=kind,
        method=PaymentMethod.TRANSFER,
        amount=amount,
        received_on=clock.business_today(),
        slip_no=f"S{deal.id}-{kind.value}-{amount}",
    )
    confirm_receipt(session, receipt, actor=office.actor(office.finance))


def sell(session: Session, office: Office, *, unit: int = 0, paid: int = 50_000_00) -> Subscription:
    """Sell a unit for 900,000.00 yuan with a deposit of 50,000.00, which is paid unless said otherwise."""
    made = make_sale(session, office, unit=unit)
    if paid:
        pay(session, office, made.deal, paid)
    return made


def contract(session: Session, office: Office, sale: Subscription) -> Contract:
    """Enter and verify the contract of a sale."""
    return make_verified(session, office, make_draft(session, office, sale))


def sign(session: Session, office: Office, sale: Subscription) -> Contract:
    """Bring a sale to the online signing."""
    made = contract(session, office, sale)
    today = clock.business_today()
    return sign_online(session, made, actor=office.actor(office.assistant), online_no="WQ1", on=today)


def file(session: Session, office: Office, sale: Subscription) -> Contract:
    """Bring a sale to the filing."""
    made = sign(session, office, sale)
    today = clock.business_today()
    return file_contract(session, made, actor=office.actor(office.assistant), filing_no="BA1", on=today)
