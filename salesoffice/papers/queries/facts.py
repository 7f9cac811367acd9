"""What each kind of paper says, registered by kind and by the table its subject is in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.deals.models import Deal
from salesoffice.infra.i18n import _
from salesoffice.inventory.models import Unit
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.queries.parts import (
    describe_customer,
    list_buyer_rows,
    list_office_fields,
    list_price_fields,
    list_schedule_fields,
)
from salesoffice.papers.rules import PaperFacts, Value
from salesoffice.papers.signals import builds_paper
from salesoffice.reservations.models import ProvisionalOrder, Subscription
from salesoffice.staff.models import User


@builds_paper(PaperKind.SUBSCRIPTION, "subscriptions")
def build_agreement(
    session: Session, subject: Subscription, _clauses: tuple[str, ...], is_open: bool
) -> PaperFacts:
    """Collect what the subscription agreement says, with the figures it was signed with."""
    deal = subject.deal
    fields = {
        **list_office_fields(
            session, deal, unit=session.get_one(Unit, subject.unit_id), on=subject.signed_on
        ),
        **list_price_fields(session, subject),
        **list_schedule_fields(session, deal),
        "agreement_no": subject.number,
        "buyers": list_buyer_rows(session, deal.id, is_open=False),
        "signed_on": subject.signed_on.isoformat(),
        "sign_by": subject.sign_by.isoformat(),
    }
    return PaperFacts(
        subject.number,
        _("Subscription agreement for new homes"),
        fields,
        list_private(session, deal, is_open=is_open),
    )


@builds_paper(PaperKind.CONTRACT_SHEET, "contracts")
def build_contract_sheet(
    session: Session, subject: Contract, _clauses: tuple[str, ...], is_open: bool
) -> PaperFacts:
    """Collect everything of a contract that the authority's system asks for."""
    deal = subject.deal
    fields = {
        **list_office_fields(session, deal, on=subject.signed_on),
        **list_price_fields(session, subject.subscription),
        **list_schedule_fields(session, deal),
        "contract_no": subject.number,
        "agreement_no": subject.subscription.number,
        "buyers": list_buyer_rows(session, deal.id, is_open=False),
        "signed_on": subject.signed_on.isoformat(),
        "agreement_on": subject.subscription.signed_on.isoformat(),
        "contract_area": f"{subject.gross_area:.2f}",
        "total_amount": format_yuan(subject.total_amount),
        "plan_kind": subject.plan_kind.value,
        "online_no": subject.online_no,
        "online_on": subject.online_on.isoformat() if subject.online_on else "",
        "filing_no": subject.filing_no,
        "filed_on": subject.filed_on.isoformat() if subject.filed_on else "",
    }
    return PaperFacts(
        subject.number, _("Contract data sheet"), fields, list_private(session, deal, is_open=is_open)
    )


@builds_paper(PaperKind.PROVISIONAL_ORDER, "provisional_orders")
def build_provisional_order(
    session: Session, subject: ProvisionalOrder, _clauses: tuple[str, ...], is_open: bool
) -> PaperFacts:
    """Collect what the slip of a provisional order says."""
    fields: dict[str, Value] = {
        **list_office_fields(
            session, subject.deal, unit=session.get_one(Unit, subject.unit_id), on=subject.signed_on
        ),
        "order_no": subject.number,
        "buyers": [describe_customer(subject.customer, is_open=False)],
        "list_total_amount": format_yuan(subject.list_total_amount),
        "order_amount": format_yuan(subject.amount),
        "signed_on": subject.signed_on.isoformat(),
        "valid_until": f"{clock.local(subject.expires_at):%Y-%m-%d %H:%M}",
        "rep_name": session.scalars(select(User.name).where(User.id == subject.rep_id)).one(),
    }
    private: dict[str, Value] = {"buyers": [describe_customer(subject.customer, is_open=True)]}
    return PaperFacts(subject.number, _("Slip of the provisional order"), fields, private if is_open else {})


def list_private(session: Session, deal: Deal, *, is_open: bool) -> dict[str, Value]:
    """Return the buyers with their numbers in full, for those who may see them."""
    return {"buyers": list_buyer_rows(session, deal.id, is_open=True)} if is_open else {}
