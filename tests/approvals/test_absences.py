"""Standing in for somebody: who may enter it, and what a stand-in decides."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest, Delegation
from salesoffice.approvals.queries import may_decide
from salesoffice.approvals.services import decide, delegate, revoke_delegation
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.infra.db import transaction
from salesoffice.staff.models import Membership, User
from tests.factories import Office, make_user
from tests.factories.approvals import MANAGER, make_chain, make_request

StandIn = Callable[..., Delegation]


@pytest.fixture
def stand_in(session: Session, office: Office) -> StandIn:
    """Let one person decide for another today."""

    def run(
        absent: User, other: User, *, by: User | None = None, first: int = 0, last: int = 0
    ) -> Delegation:
        today = clock.business_today()
        days: tuple[date, date] = (today + timedelta(days=first), today + timedelta(days=last))
        with transaction():
            return delegate(
                session,
                office.project.id,
                actor=office.actor(by or absent),
                from_user_id=absent.id,
                to_user_id=other.id,
                days=days,
            )

    return run


def ask(session: Session, office: Office, by: User, *, chain: bool = True) -> ApprovalRequest:
    with transaction():
        if chain:
            make_chain(session, office.project.id, MANAGER)
        return make_request(session, office.project.id, office.actor(by))


def approve(session: Session, office: Office, request: ApprovalRequest, user: User) -> ApprovalRequest:
    with transaction():
        return decide(session, request, actor=office.actor(user), is_approved=True)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        work()
    return refusal.value.code


def test_stand_in_decides_in_the_name_of_the_absent(
    session: Session, office: Office, stand_in: StandIn
) -> None:
    stand_in(office.manager, office.finance)
    request = ask(session, office, office.assistant)

    approve(session, office, request, office.finance)

    task = request.tasks[0]
    assert (request.state, task.decided_by_id, task.for_user_id) == (
        RequestState.APPROVED, office.finance.id, office.manager.id,
    )  # fmt: skip


def test_absent_person_may_still_decide(session: Session, office: Office, stand_in: StandIn) -> None:
    stand_in(office.manager, office.finance)
    request = ask(session, office, office.assistant)

    approve(session, office, request, office.manager)

    assert request.tasks[0].for_user_id is None


@pytest.mark.parametrize(("first", "last"), [(1, 3), (2, 2)])
def test_stand_in_decides_nothing_before_the_first_day(
    session: Session, office: Office, stand_in: StandIn, first: int, last: int
) -> None:
    stand_in(office.manager, office.finance, first=first, last=last)
    request = ask(session, office, office.assistant)

    code = refused(lambda: approve(session, office, request, office.finance))

    assert (code, may_decide(session, request.id, office.finance.id)) == ("not_allowed", False)


def test_stand_in_never_decides_for_the_applicant(
    session: Session, office: Office, stand_in: StandIn
) -> None:
    with transaction():
        make_user(session, "manager2", project=office.project, role=Role.MANAGER)
    stand_in(office.manager, office.finance)
    request = ask(session, office, office.manager)

    code = refused(lambda: approve(session, office, request, office.finance))

    assert (code, may_decide(session, request.id, office.finance.id)) == ("self_approval", False)


def test_stand_in_never_decides_what_they_asked_for(
    session: Session, office: Office, stand_in: StandIn
) -> None:
    stand_in(office.manager, office.finance)
    request = ask(session, office, office.finance)

    code = refused(lambda: approve(session, office, request, office.finance))

    assert (code, may_decide(session, request.id, office.finance.id)) == ("self_approval", False)


def test_absent_person_without_the_role_hands_on_nothing(
    session: Session, office: Office, stand_in: StandIn
) -> None:
    stand_in(office.manager, office.finance)
    request = ask(session, office, office.assistant)
    with transaction():
        session.execute(delete(Membership).where(Membership.user_id == office.manager.id))

    code = refused(lambda: approve(session, office, request, office.finance))

    assert (code, may_decide(session, request.id, office.finance.id)) == ("not_allowed", False)


def test_nobody_speaks_twice_through_a_stand_in(session: Session, office: Office, stand_in: StandIn) -> None:
    with transaction():
        session.add(Membership(user_id=office.manager.id, project_id=office.project.id, role=Role.EXECUTIVE))
        make_chain(session, office.project.id)
    stand_in(office.manager, office.finance)
    request = ask(session, office, office.assistant, chain=False)
    approve(session, office, request, office.finance)

    codes = [
        refused(lambda: approve(session, office, request, office.manager)),
        refused(lambda: approve(session, office, request, office.finance)),
    ]

    assert codes == ["already_decided", "already_decided"]
    assert [may_decide(session, request.id, user.id) for user in (office.manager, office.finance)] == [
        False,
        False,
    ]


def test_ended_absence_hands_on_nothing(session: Session, office: Office, stand_in: StandIn) -> None:
    delegation = stand_in(office.manager, office.finance)
    request = ask(session, office, office.assistant)
    with transaction():
        revoke_delegation(session, delegation, actor=office.actor(office.manager))

    code = refused(lambda: approve(session, office, request, office.finance))

    assert code == "not_allowed"


def test_absence_ends_once(session: Session, office: Office, stand_in: StandIn) -> None:
    delegation = stand_in(office.manager, office.finance)
    with transaction():
        revoke_delegation(session, delegation, actor=office.actor(office.manager))

    def again() -> None:
        with transaction():
            revoke_delegation(session, delegation, actor=office.actor(office.manager))

    assert refused(again) == "wrong_state"


def test_manager_enters_the_absence_of_others(session: Session, office: Office, stand_in: StandIn) -> None:
    delegation = stand_in(office.executive, office.finance, by=office.manager)

    assert delegation.created_by_id == office.manager.id


def test_nobody_puts_themselves_in_anothers_place(office: Office, stand_in: StandIn) -> None:
    code = refused(lambda: stand_in(office.executive, office.manager, by=office.manager))

    assert code == "not_allowed"


def test_others_enter_their_own_absence_only(office: Office, stand_in: StandIn) -> None:
    code = refused(lambda: stand_in(office.executive, office.manager, by=office.finance))

    assert code == "not_allowed"


def test_same_absence_twice_is_refused_by_name(office: Office, stand_in: StandIn) -> None:
    stand_in(office.manager, office.finance, last=3)

    code = refused(lambda: stand_in(office.manager, office.finance, first=3, last=9))

    assert code == "already_delegated"


@pytest.mark.parametrize(
    ("absent", "other", "first", "last"),
    [
        ("rep", "finance", 0, 0),
        ("manager", "assistant", 0, 0),
        ("manager", "stranger", 0, 0),
        ("manager", "manager", 0, 0),
        ("manager", "finance", 2, 1),
        ("manager", "finance", -3, -1),
    ],
)
def test_absence_that_makes_no_sense_is_refused(
    office: Office, stand_in: StandIn, absent: str, other: str, first: int, last: int
) -> None:
    people = (getattr(office, absent), getattr(office, other))

    code = refused(lambda: stand_in(*people, first=first, last=last))

    assert code == "delegation_invalid"
