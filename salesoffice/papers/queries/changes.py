"""What the papers of a change say: the application and the approval sheet."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from salesoffice.changes.documents import build_change_rows
from salesoffice.changes.models import Change
from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.customers.queries import name_users
from salesoffice.infra.i18n import _
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.queries.facts import list_private
from salesoffice.papers.queries.parts import list_buyer_rows, list_office_fields
from salesoffice.papers.rules import PaperFacts, Row, Value
from salesoffice.papers.signals import builds_paper
from salesoffice.reservations.queries import find_subscription_of_deal
from salesoffice.staff.models import User


@builds_paper(PaperKind.APPLICATION, Change.__tablename__)
def build_application(
    session: Session, subject: Change, clauses: tuple[str, ...], is_open: bool
) -> PaperFacts:
    """Collect what the buyers' application for a change says."""
    fields = {**list_change_fields(session, subject), "clauses": list(clauses)}
    private = list_private(session, subject.deal, is_open=is_open)
    return PaperFacts(subject.number, _("Application: %(kind)s", kind=subject.kind.label), fields, private)


@builds_paper(PaperKind.APPROVAL, Change.__tablename__)
def build_approval_sheet(
    session: Session, subject: Change, _clauses: tuple[str, ...], _is_open: bool
) -> PaperFacts:
    """Collect what the approval sheet of a change says: what changes, what it costs, who decided how."""
    fields = {
        **list_change_fields(session, subject),
        "chain": list(_list_chain(session, subject)),
        "approved_at": show_moment(subject.approved_at),
        "applied_at": show_moment(subject.applied_at),
    }
    return PaperFacts(subject.number, _("Approval sheet: %(kind)s", kind=subject.kind.label), fields)


def list_change_fields(session: Session, change: Change) -> dict[str, Value]:
    """Return the sale and everything of a change, old and new values side by side."""
    deal = change.deal
    agreement = find_subscription_of_deal(session, deal.id)
    contract = find_contract_of_deal(session, deal.id)
    return {
        **list_office_fields(session, deal, on=change.signed_on),
        "agreement_no": agreement.number if agreement else "",
        "contract_no": contract.number if contract else "",
        "buyers": list_buyer_rows(session, deal.id, is_open=False),
        "change_no": change.number,
        "change_kind": change.kind.value,
        "reason_code": change.reason_code.value,
        "reason": change.reason,
        "fault": change.fault.value,
        "signed_on": change.signed_on.isoformat(),
        "attributed_on": change.attributed_on.isoformat(),
        "entered_at": show_moment(change.entered_at),
        "applicant": _name_user(session, change.applicant_id),
        "effect_amount": format_yuan(change.amount_effect),
        "floor_amount": "" if change.floor_effect is None else format_yuan(change.floor_effect),
        "comparison": list(_compare(change)),
        "attachments": [attachment.name for attachment in change.attachments],
    }


def show_moment(moment: datetime | None) -> str:
    """Return a moment in the office's time, nothing for none."""
    return "" if moment is None else f"{clock.local(moment):%Y-%m-%d %H:%M}"


def _compare(change: Change) -> Iterator[Row]:
    for row in build_change_rows(change):
        if row.is_changed:
            yield {"name": str(row.label), "old": row.old, "new": row.new}


def _list_chain(session: Session, change: Change) -> Iterator[Row]:
    if change.request is None:
        return
    people = [task.decided_by_id for task in change.request.tasks]
    people += [task.for_user_id for task in change.request.tasks]
    names = name_users(session, people)
    for task in change.request.tasks:
        yield {
            "step": str(task.position),
            "task_title": task.title,
            "role": task.role.value,
            "task_state": task.state.value,
            "decided_by": names.get(task.decided_by_id, ""),
            "stood_in_for": names.get(task.for_user_id, ""),
            "decided_at": show_moment(task.decided_at),
            "comment": task.comment,
        }


def _name_user(session: Session, user_id: int | None) -> str:
    return "" if user_id is None else session.get_one(User, user_id).name
