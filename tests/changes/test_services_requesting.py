"""Asked, approved, rejected, withdrawn, overtaken, undone: what every kind of change shares."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.changes.enums import ChangeKind, ChangeState, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.changes.queries import find_undo_offer
from salesoffice.changes.services import ChangeEntry, request_change, withdraw_change
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed
from salesoffice.deals.models import Deal
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.reservations.models import Subscription
from salesoffice.undo.services import take_back
from tests.changes.sales import approve, ask, entry, require_approval
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import list_breaches


def refusal_of(do: Do, change: object) -> str:
    with pytest.raises(DomainError) as caught:
        do(change)  # type: ignore[arg-type]
    return caught.value.code


def test_manager_changes_at_once_without_a_chain(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    before = sale.sign_by

    made = do(lambda writing: ask(writing, office, sale.deal, ChangeKind.EXTENSION, days=5))

    audit = session.scalars(select(AuditEntry).where(AuditEntry.action == "change.applied")).one()
    assert (made.number, made.state, made.request_id, made.approved_at) == (
        "BG000001", ChangeState.APPLIED, None, None,
    )  # fmt: skip
    assert (made.signed_on, made.attributed_on) == (clock.business_today(), clock.business_today())
    assert session.get_one(Subscription, sale.id).sign_by == before + timedelta(days=5)
    assert (audit.unit_id, json.loads(audit.after)["kind"]) == (office.units[0].id, "extension")
    assert list_breaches(app) == []


def test_assistant_may_only_ask(do: Do, office: Office, sale: Subscription) -> None:
    with pytest.raises(NotAllowed):
        do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))


def test_change_waits_for_its_chain_and_comes_into_force_when_approved(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    before = sale.sign_by
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))

    asked = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))
    waiting = asked.state, session.get_one(Subscription, sale.id).sign_by
    session.rollback()
    decided = do(lambda w: approve(w, office, asked))

    change = session.get_one(Change, asked.id)
    assert (waiting, decided.state) == ((ChangeState.REQUESTED, before), RequestState.APPROVED)
    assert (change.state, change.applied_by_id) == (ChangeState.APPLIED, office.manager.id)
    assert change.approved_at is not None
    assert session.get_one(Subscription, sale.id).sign_by == before + timedelta(days=5)
    assert list_breaches(app) == []


def test_rejected_change_keeps_the_reason(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))
    asked = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))

    do(lambda w: approve(w, office, asked, is_approved=False))

    change = session.get_one(Change, asked.id)
    assert (change.state, change.end_reason, change.applied_at) == (ChangeState.REJECTED, "不同意", None)
    assert list_breaches(app) == []


def test_only_the_applicant_withdraws(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))
    asked = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))

    def withdraw(writing: Session, who: str) -> Change:
        actor = office.actor(getattr(office, who))
        return withdraw_change(writing, writing.get_one(Change, asked.id), actor=actor)

    other = refusal_of(do, lambda w: withdraw(w, "other_assistant"))
    done = do(lambda w: withdraw(w, "assistant"))
    again = refusal_of(do, lambda w: withdraw(w, "assistant"))

    request = session.get_one(ApprovalRequest, asked.request_id)
    assert (other, done.state, again) == ("not_allowed", ChangeState.WITHDRAWN, "wrong_state")
    assert request.state is RequestState.WITHDRAWN
    assert list_breaches(app) == []


def test_second_change_of_a_kind_that_waits_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))
    do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))

    code = refusal_of(
        do, lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.other_assistant, days=3)
    )

    assert code == "change_waiting"


def test_change_that_another_overtakes_is_stale_by_name(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))
    asked = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))

    cancelled = do(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION))
    late = refusal_of(do, lambda w: approve(w, office, asked))

    change = session.get_one(Change, asked.id)
    assert (change.state, cancelled.number in change.end_reason) == (ChangeState.STALE, True)
    assert late == "request_changed"
    assert list_breaches(app) == []


def test_approval_of_what_was_edited_meanwhile_applies_nothing(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))
    asked = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5))
    moved = sale.sign_by + timedelta(days=2)

    def edit(writing: Session) -> None:
        writing.get_one(Subscription, sale.id).sign_by = moved

    do(edit)
    decided = do(lambda w: approve(w, office, asked))

    change = session.get_one(Change, asked.id)
    assert (decided.state, change.state) == (RequestState.STALE, ChangeState.STALE)
    assert "sign_by" in change.end_reason
    assert session.get_one(Subscription, sale.id).sign_by == moved
    assert list_breaches(app) == []


def test_extension_is_undone_by_the_same_person_once(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    before = sale.sign_by
    made = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, days=5))

    def undo(writing: Session, who: str) -> None:
        offer = find_undo_offer(writing, writing.get_one(Change, made.id))
        assert offer is not None
        take_back(writing, offer, actor=office.actor(getattr(office, who)))

    other = refusal_of(do, lambda w: undo(w, "admin"))
    do(lambda w: undo(w, "manager"))
    again = refusal_of(do, lambda w: undo(w, "manager"))

    change = session.get_one(Change, made.id)
    assert (other, again) == ("not_allowed", "undo_taken")
    assert (change.state, change.undone_by_id) == (ChangeState.UNDONE, office.manager.id)
    assert session.get_one(Subscription, sale.id).sign_by == before
    assert list_breaches(app) == []


def test_undo_after_a_later_change_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    first = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, days=5))
    do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, days=5))

    def undo(writing: Session) -> None:
        offer = find_undo_offer(writing, writing.get_one(Change, first.id))
        assert offer is not None
        take_back(writing, offer, actor=office.actor(office.manager))

    assert refusal_of(do, undo) == "undo_changed"


@pytest.mark.parametrize(
    ("reason", "days_ago", "code"),
    [("  ", 0, "reason_missing"), ("x" * 201, 0, "reason_missing"), ("x", -1, "invalid")],
)
def test_entry_that_cannot_be_is_refused(
    do: Do, office: Office, sale: Subscription, reason: str, days_ago: int, code: str
) -> None:
    day = clock.business_today() - timedelta(days=days_ago)
    said = entry(reason, signed_on=day)

    def request(writing: Session) -> Change:
        deal = writing.get_one(Deal, sale.deal_id)
        actor = office.actor(office.manager)
        return request_change(
            writing, deal, actor=actor, kind=ChangeKind.EXTENSION, terms={"days": 1}, entry=said
        )

    assert refusal_of(do, request) == code


def test_papers_of_another_sale_are_refused(session: Session, office: Office, sale: Subscription) -> None:
    said = ChangeEntry(ReasonCode.OTHER, "x", clock.business_today(), attachment_ids=(7,))

    with pytest.raises(DomainError) as caught, transaction() as writing:
        request_change(
            writing, writing.get_one(Deal, sale.deal_id), actor=office.actor(office.manager),
            kind=ChangeKind.EXTENSION, terms={"days": 1}, entry=said,
        )  # fmt: skip

    assert [problem.field for problem in caught.value.errors] == ["attachment_ids"]
    assert session.scalars(select(Change.id)).all() == []
