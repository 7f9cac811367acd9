"""Favours: a small subject for requests of approval. What is decided about one is written down in `decisions`."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from salesoffice.approvals.enums import MeasureUnit, UsualChain
from salesoffice.approvals.models import ApprovalRequest, ApprovalRule
from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import mark_stale, set_rule, submit_request
from salesoffice.approvals.signals import (
    ApprovalKind,
    AttachedFile,
    FactRow,
    HistoryRow,
    RequestFacts,
    declare_kinds,
    describes,
    find_kind,
    on_decision,
)
from salesoffice.core.permissions import SYSTEM, Actor, Role

SUBJECT = "favours"
FINGERPRINT = "f" * 64
OVERTAKEN = 900_000
"""A favour with this id or a larger one can no longer be applied when it is approved."""

DAYS, MONEY, FAVOUR = "favour_days", "favour_money", "favour"

decisions: list[tuple[int, str, int | None]] = []
"""Subject, state, and the person who decided last, in the order in which they were told."""

MANAGER = StepDraft(1, Role.MANAGER)
EXECUTIVE = StepDraft(2, Role.EXECUTIVE)

if find_kind(FAVOUR) is None:
    declare_kinds(
        ApprovalKind(DAYS, "Favour for some days", MeasureUnit.DAYS, UsualChain.BY_DAYS),
        ApprovalKind(MONEY, "Favour for money", MeasureUnit.FEN, UsualChain.EXECUTIVE),
        ApprovalKind(FAVOUR, "Favour"),
    )


@on_decision(SUBJECT)
def note_decision(session: Session, request: ApprovalRequest, actor: Actor) -> None:
    """Write down what was decided; some favours have been overtaken meanwhile."""
    decisions.append((request.subject_id, request.state.value, actor.id))
    if request.subject_id >= OVERTAKEN:
        mark_stale(session, request, actor=actor, reason="no longer as it was")


@describes(SUBJECT)
def tell_favour(_session: Session, request: ApprovalRequest, _actor: Actor) -> RequestFacts:
    """Say what a favour is about, with everything an approver may be shown."""
    return RequestFacts(
        title=request.title,
        url="/",
        rows=(FactRow("Sign by", "2026-05-01", "2026-05-15"), FactRow("Price", "900,000.00", "880,000.00")),
        amount_effect=-20_000_00,
        floor_effect=-5_000_00,
        reason="The buyer wishes it",
        note="Please decide today",
        history=(HistoryRow("2026-04-20 10:00", "Extended by 7 days", "Manager.P1"),),
        attachments=(AttachedFile("application.pdf", "/"),),
        deal_number="D-1",
        unit_code="1-A-101",
    )


def make_chain(
    session: Session, project_id: int, *steps: StepDraft, kind: str = FAVOUR, decide_hours: int = 24
) -> ApprovalRule:
    """Set the chain of a kind, by default the manager and then the executive."""
    chosen: Sequence[StepDraft] = steps or (MANAGER, EXECUTIVE)
    return set_rule(
        session,
        project_id,
        actor=SYSTEM,
        kind=kind,
        is_required=True,
        steps=chosen,
        decide_hours=decide_hours,
    )


def make_request(
    session: Session,
    project_id: int,
    applicant: Actor,
    *,
    number: int = 1,
    kind: str = FAVOUR,
    measure: int = 0,
    title: str = "A favour for the buyer",
) -> ApprovalRequest:
    """Ask for the approval of a favour whose kind has a chain."""
    request = submit_request(
        session,
        project_id=project_id,
        kind=kind,
        measure=measure,
        subject_kind=SUBJECT,
        subject_id=number,
        title=title,
        fingerprint=FINGERPRINT,
        applicant=applicant,
    )
    if request is None:
        raise AssertionError("the chain does not reach so far down")
    return request
