"""Deciding a request: who may, in which order, what is refused by name."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.queries import find_breaches
from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import decide, mark_stale, withdraw_request
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.infra.db import transaction
from salesoffice.infra.models import OutboxMail
from salesoffice.staff.models import Membership, User
from tests.factories import Office, make_user
from tests.factories.approvals import FINGERPRINT, MANAGER, OVERTAKEN, decisions, make_chain, make_request

Ask = Callable[..., ApprovalRequest]


@pytest.fixture
def ask(session: Session, office: Office) -> Ask:
    """Set a chain and let the assistant ask."""

    def run(*steps: StepDraft, by: User | None = None, number: int = 1) -> ApprovalRequest:
        decisions.clear()
        with transaction():
            make_chain(session, office.project.id, *steps)
            applicant = office.actor(by or office.assistant)
            return make_request(session, office.project.id, applicant, number=number)

    return run


def approve(session: Session, office: Office, request: ApprovalRequest, user: User) -> ApprovalRequest:
    with transaction():
        return decide(
            session, request, actor=office.actor(user), is_approved=True, comment="", fingerprint=FINGERPRINT
        )


def refused(session: Session, office: Office, request: ApprovalRequest, user: User) -> str:
    with pytest.raises(DomainError) as refusal:
        approve(session, office, request, user)
    return refusal.value.code


def states(request: ApprovalRequest) -> list[str]:
    return [task.state.value for task in request.tasks]


def test_request_opens_its_first_position(ask: Ask) -> None:
    request = ask()

    assert (request.state, states(request)) == (RequestState.PENDING, ["open", "waiting"])


def test_positions_are_decided_one_after_the_other(session: Session, office: Office, ask: Ask) -> None:
    request = ask()

    approve(session, office, request, office.manager)
    middle = (request.state, states(request), list(decisions))
    approve(session, office, request, office.executive)

    assert middle == (RequestState.PENDING, ["approved", "open"], [])
    assert (request.state, states(request)) == (RequestState.APPROVED, ["approved", "approved"])
    assert decisions == [(1, "approved", office.executive.id)]
    assert list(find_breaches(session)) == []


def test_parts_of_one_position_are_decided_in_any_order(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER, StepDraft(1, Role.FINANCE), StepDraft(2, Role.EXECUTIVE))

    approve(session, office, request, office.finance)
    middle = states(request)
    approve(session, office, request, office.manager)

    assert middle == ["open", "approved", "waiting"]
    assert states(request) == ["approved", "approved", "open"]


def test_one_rejection_ends_the_request(session: Session, office: Office, ask: Ask) -> None:
    request = ask()

    with transaction():
        decide(session, request, actor=office.actor(office.manager), is_approved=False, comment=" Too late ")

    assert (request.state, states(request)) == (RequestState.REJECTED, ["rejected", "closed"])
    assert request.tasks[0].comment == "Too late"
    assert decisions == [(1, "rejected", office.manager.id)]


def test_rejection_without_a_comment_is_refused(session: Session, office: Office, ask: Ask) -> None:
    request = ask()

    with pytest.raises(DomainError) as refusal, transaction():
        decide(session, request, actor=office.actor(office.manager), is_approved=False, comment="  ")

    assert (refusal.value.code, refusal.value.errors[0].field) == ("comment_missing", "comment")


def test_applicant_is_refused_even_with_the_role(session: Session, office: Office, ask: Ask) -> None:
    with transaction():
        make_user(session, "manager2", project=office.project, role=Role.MANAGER)
    request = ask(MANAGER, by=office.manager)

    code = refused(session, office, request, office.manager)

    assert (code, request.state) == ("self_approval", RequestState.PENDING)


def test_applicant_is_refused_with_a_role_given_meanwhile(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    with transaction():
        session.add(Membership(user_id=office.assistant.id, project_id=office.project.id, role=Role.MANAGER))

    code = refused(session, office, request, office.assistant)

    assert code == "self_approval"


def test_role_taken_away_meanwhile_decides_nothing(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    actor = office.actor(office.manager)
    with transaction():
        session.execute(delete(Membership).where(Membership.user_id == office.manager.id))

    with pytest.raises(DomainError) as refusal, transaction():
        decide(session, request, actor=actor, is_approved=True, comment="", fingerprint=FINGERPRINT)

    assert (refusal.value.code, states(request)) == ("not_allowed", ["open"])


def test_role_given_meanwhile_decides_at_once(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    actor = office.actor(office.planner)
    with transaction():
        session.add(Membership(user_id=office.planner.id, project_id=office.project.id, role=Role.MANAGER))

    with transaction():
        decide(session, request, actor=actor, is_approved=True, comment="", fingerprint=FINGERPRINT)

    assert request.state is RequestState.APPROVED


def test_closed_user_decides_nothing(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    with transaction():
        session.get_one(User, office.manager.id).is_active = False

    assert refused(session, office, request, office.manager) == "not_allowed"


def test_later_position_is_refused_before_its_turn(session: Session, office: Office, ask: Ask) -> None:
    request = ask()

    assert refused(session, office, request, office.executive) == "not_your_turn"


def test_role_outside_the_chain_is_refused(session: Session, office: Office, ask: Ask) -> None:
    request = ask()

    assert refused(session, office, request, office.planner) == "not_allowed"


def test_people_of_another_project_are_refused(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)

    assert refused(session, office, request, office.stranger) == "not_allowed"


def test_second_decision_names_who_decided(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    with transaction():
        second = make_user(session, "manager2", project=office.project, role=Role.MANAGER)
    approve(session, office, request, office.manager)

    with pytest.raises(DomainError) as refusal:
        approve(session, office, request, second)

    assert refusal.value.code == "already_decided"
    assert refusal.value.values == {"decided_by": office.manager.name}


def test_one_person_with_two_roles_decides_once(session: Session, office: Office, ask: Ask) -> None:
    request = ask()
    with transaction():
        session.add(Membership(user_id=office.manager.id, project_id=office.project.id, role=Role.EXECUTIVE))
    approve(session, office, request, office.manager)

    assert refused(session, office, request, office.manager) == "already_decided"


def test_person_with_two_roles_takes_the_part_that_nobody_else_could(
    session: Session, office: Office, ask: Ask
) -> None:
    with transaction():
        both = make_user(session, "both", project=office.project, role=Role.MANAGER)
        session.add(Membership(user_id=both.id, project_id=office.project.id, role=Role.EXECUTIVE))
        session.execute(delete(Membership).where(Membership.user_id == office.executive.id))
    request = ask(MANAGER, StepDraft(1, Role.EXECUTIVE))

    approve(session, office, request, both)

    assert states(request) == ["open", "approved"]


def test_named_person_decides_and_nobody_else_with_the_role(
    session: Session, office: Office, ask: Ask
) -> None:
    with transaction():
        named = make_user(session, "named", project=office.project, role=Role.MANAGER)
    request = ask(StepDraft(1, Role.MANAGER, user_id=named.id))

    other = refused(session, office, request, office.manager)
    approve(session, office, request, named)

    assert (other, request.state) == ("not_allowed", RequestState.APPROVED)


def test_decision_on_something_else_than_what_was_seen_is_refused(
    session: Session, office: Office, ask: Ask
) -> None:
    request = ask(MANAGER)

    with pytest.raises(DomainError) as refusal, transaction():
        decide(
            session,
            request,
            actor=office.actor(office.manager),
            is_approved=True,
            comment="",
            fingerprint="0" * 64,
        )

    assert (refusal.value.code, request.state) == ("request_changed", RequestState.PENDING)


def test_approval_that_can_no_longer_be_applied_makes_the_request_stale(
    session: Session, office: Office, ask: Ask
) -> None:
    request = ask(MANAGER, number=OVERTAKEN)

    approve(session, office, request, office.manager)

    assert request.state is RequestState.STALE
    mail = session.scalars(select(OutboxMail).where(OutboxMail.key.contains("decided"))).one()
    assert mail.subject == "已被其他变更取代：A favour for the buyer"


def test_overtaken_request_is_refused_by_name(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    with transaction():
        mark_stale(session, request, actor=office.actor(office.manager), reason="price changed")

    assert refused(session, office, request, office.manager) == "request_changed"
    assert states(request) == ["closed"]


def test_withdrawn_request_is_refused_by_name(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    with transaction():
        withdraw_request(session, request, actor=office.actor(office.assistant))

    assert refused(session, office, request, office.manager) == "wrong_state"


def test_only_the_applicant_withdraws(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)

    with pytest.raises(DomainError) as refusal, transaction():
        withdraw_request(session, request, actor=office.actor(office.other_assistant))

    assert (refusal.value.code, request.state) == ("not_allowed", RequestState.PENDING)


def test_decided_request_is_not_withdrawn(session: Session, office: Office, ask: Ask) -> None:
    request = ask(MANAGER)
    approve(session, office, request, office.manager)

    with pytest.raises(DomainError) as refusal, transaction():
        withdraw_request(session, request, actor=office.actor(office.assistant))

    assert refusal.value.code == "wrong_state"
