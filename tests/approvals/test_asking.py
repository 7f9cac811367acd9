"""Asking for an approval: by which chain, refused when nobody could decide, and the mail about it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.rules import NoApprover, StepDraft
from salesoffice.approvals.services import (
    chase_overdue,
    decide,
    delegate,
    mark_stale,
    set_rule,
    submit_request,
)
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM, Actor, Role
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import run_sweep
from salesoffice.infra.models import OutboxMail
from salesoffice.staff.models import Membership
from tests.factories import Office, make_user
from tests.factories.approvals import DAYS, FINGERPRINT, MANAGER, SUBJECT, make_chain, make_request

MORNING = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


def submit(session: Session, office: Office, applicant: Actor, *, measure: int = 0) -> ApprovalRequest | None:
    return submit_request(
        session,
        project_id=office.project.id,
        kind=DAYS,
        measure=measure,
        subject_kind=SUBJECT,
        subject_id=1,
        title="Favour",
        fingerprint=FINGERPRINT,
        applicant=applicant,
    )


def recipients(session: Session, occasion: str) -> list[str]:
    statement = select(OutboxMail.recipient).where(OutboxMail.key.contains(occasion)).order_by(OutboxMail.id)
    return list(session.scalars(statement))


def test_kind_without_a_chain_needs_no_approval(session: Session, office: Office) -> None:
    with transaction():
        request = submit(session, office, office.actor(office.assistant))

    assert request is None


def test_kind_switched_off_needs_no_approval(session: Session, office: Office) -> None:
    with transaction():
        set_rule(session, office.project.id, actor=SYSTEM, kind=DAYS, is_required=False, steps=[MANAGER])

        request = submit(session, office, office.actor(office.assistant))

    assert request is None


@pytest.mark.parametrize(
    ("measure", "roles"),
    [
        (7, ["manager"]),
        (8, ["manager", "executive"]),
        (14, ["manager", "executive"]),
        (15, ["manager", "executive", "finance"]),
    ],
)
def test_steps_follow_the_measure(session: Session, office: Office, measure: int, roles: list[str]) -> None:
    steps = [
        MANAGER,
        StepDraft(2, Role.EXECUTIVE, from_measure=8),
        StepDraft(3, Role.FINANCE, from_measure=15),
    ]
    with transaction():
        make_chain(session, office.project.id, *steps, kind=DAYS)

        request = submit(session, office, office.actor(office.assistant), measure=measure)

    assert request is not None
    assert [task.role.value for task in request.tasks] == roles


def test_measure_below_every_step_needs_no_approval(session: Session, office: Office) -> None:
    with transaction():
        make_chain(session, office.project.id, StepDraft(1, Role.MANAGER, from_measure=8), kind=DAYS)

        request = submit(session, office, office.actor(office.assistant), measure=7)

    assert request is None


def test_chain_changed_later_does_not_touch_a_request_under_way(session: Session, office: Office) -> None:
    with transaction():
        make_chain(session, office.project.id, MANAGER)
        request = make_request(session, office.project.id, office.actor(office.assistant))

        make_chain(session, office.project.id, StepDraft(1, Role.FINANCE), StepDraft(2, Role.EXECUTIVE))

    assert [task.role for task in request.tasks] == [Role.MANAGER]


def test_only_the_applicant_could_decide_is_refused_by_name(session: Session, office: Office) -> None:
    with transaction():
        make_chain(session, office.project.id, MANAGER)

    with pytest.raises(NoApprover) as refusal, transaction():
        make_request(session, office.project.id, office.actor(office.manager))

    assert refusal.value.code == "no_approver"


def test_two_steps_for_one_person_are_refused_by_name(session: Session, office: Office) -> None:
    with transaction():
        session.execute(delete(Membership).where(Membership.user_id == office.executive.id))
        session.add(Membership(user_id=office.manager.id, project_id=office.project.id, role=Role.EXECUTIVE))
        make_chain(session, office.project.id)

    with pytest.raises(NoApprover), transaction():
        make_request(session, office.project.id, office.actor(office.assistant))


def test_system_asks_for_nothing(session: Session, office: Office) -> None:
    with transaction():
        make_chain(session, office.project.id, MANAGER)

    with pytest.raises(DomainError) as refusal, transaction():
        make_request(session, office.project.id, SYSTEM)

    assert refusal.value.code == "applicant_missing"


def test_mail_goes_to_everybody_who_can_decide_but_the_applicant(session: Session, office: Office) -> None:
    with transaction():
        second = make_user(session, "manager2", project=office.project, role=Role.MANAGER)
        session.add(Membership(user_id=office.assistant.id, project_id=office.project.id, role=Role.MANAGER))
        today = clock.business_today()
        delegate(
            session,
            office.project.id,
            actor=office.actor(second),
            from_user_id=second.id,
            to_user_id=office.finance.id,
            days=(today, today),
        )
        make_chain(session, office.project.id)

        request = make_request(session, office.project.id, office.actor(office.assistant))

    people = {office.manager.email, second.email, office.finance.email}
    assert set(recipients(session, "opened-1")) == people
    mail = session.scalars(select(OutboxMail).where(OutboxMail.recipient == office.manager.email)).one()
    assert f"/p/P1/approvals/{request.id}" in mail.text_body
    assert f"/p/P1/approvals/{request.id}" in mail.html_body


def test_next_position_and_the_applicant_get_their_mail(session: Session, office: Office) -> None:
    with transaction():
        make_chain(session, office.project.id)
        request = make_request(session, office.project.id, office.actor(office.assistant))
    for user in (office.manager, office.executive):
        with transaction():
            decide(session, request, actor=office.actor(user), is_approved=True, comment="Fine by me")

    assert recipients(session, "opened-1") == [office.manager.email]
    assert recipients(session, "opened-2") == [office.executive.email]
    assert recipients(session, "decided") == [office.assistant.email]
    mail = session.scalars(select(OutboxMail).where(OutboxMail.key.contains("decided"))).one()
    assert "Fine by me" in mail.text_body


def test_mail_is_in_the_language_of_its_reader(session: Session, office: Office) -> None:
    with transaction():
        session.merge(office.manager).locale = "en"
        make_chain(session, office.project.id, MANAGER)
        request = make_request(session, office.project.id, office.actor(office.assistant))
        mark_stale(session, request, actor=SYSTEM)

    subjects = session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)).all()
    assert subjects == ["Please decide: A favour for the buyer", "已被其他变更取代：A favour for the buyer"]


def test_overdue_request_is_chased_once_per_business_day(session: Session, office: Office) -> None:
    with time_machine.travel(MORNING, tick=False), transaction():
        make_chain(session, office.project.id, MANAGER, decide_hours=24)
        request = make_request(session, office.project.id, office.actor(office.assistant))

    counts = []
    for hours in (23, 25, 26, 49):
        with time_machine.travel(MORNING + timedelta(hours=hours), tick=False):
            counts.append(run_sweep("approvals.chase"))

    session.refresh(request)
    assert counts == [0, 1, 0, 1]
    assert request.chase_count == 2
    assert recipients(session, "chased") == [office.manager.email] * 2


def test_decided_request_is_not_chased(session: Session, office: Office) -> None:
    with time_machine.travel(MORNING, tick=False), transaction():
        make_chain(session, office.project.id, MANAGER)
        request = make_request(session, office.project.id, office.actor(office.assistant))
        decide(session, request, actor=office.actor(office.manager), is_approved=True)

    with time_machine.travel(MORNING + timedelta(days=3), tick=False), transaction():
        assert chase_overdue(session) == 0


def test_named_step_without_its_person_is_refused_when_the_chain_is_set(
    session: Session, office: Office
) -> None:
    with pytest.raises(DomainError) as refusal, transaction():
        make_chain(
            session, office.project.id, MANAGER, StepDraft(2, Role.EXECUTIVE, user_id=office.manager.id)
        )

    assert [problem.field for problem in refusal.value.errors] == ["steps.1.user_id"]
    assert refusal.value.code == "chain_invalid"
