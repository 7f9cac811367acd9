"""Price versions from draft to approval."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.pricing.enums import PriceBasis, PriceLayer, PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.queries import find_breaches, list_drafts, version_in_force
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import (
    approve_version,
    draft_version,
    publish_prices,
    put_in_force,
    return_version,
    revert_to,
    set_limits,
    submit_version,
    withdraw_version,
)
from salesoffice.projects.models import Project
from tests.factories import Office, make_units
from tests.factories.prices import make_approved, make_submitted, make_version


def refusal(step: object, *arguments: object, **named: object) -> str:
    with pytest.raises(DomainError) as caught:
        step(*arguments, **named)  # type: ignore[operator]
    return caught.value.code


def test_draft_is_whole_and_leaves_the_version_in_force(session: Session, office: Office) -> None:
    with transaction():
        version = make_version(session, office, {0: 945_000, 1: 891_000})

    current = version_in_force(session, office.project.id)
    assert current is not None
    assert (version.number, version.state, version.base_version_id) == (
        2,
        PriceVersionState.DRAFT,
        current.id,
    )
    assert version.max_move_rate == Decimal("0.05")
    prices = list_drafts(session, version)
    assert len(prices) == len(office.units)
    assert [prices[unit.id].list_total_amount for unit in office.units[:3]] == [
        945_000_00,
        891_000_00,
        900_000_00,
    ]
    assert current.number == 1
    assert list(find_breaches(session)) == []


def test_draft_remembers_the_areas_its_prices_were_made_for(session: Session, office: Office) -> None:
    with transaction():
        version = make_version(session, office, {0: 945_000})

    rows = session.execute(
        select(UnitPrice.unit_id, UnitPrice.gross_area, UnitPrice.inner_area)
        .where(UnitPrice.version_id == version.id)
        .order_by(UnitPrice.unit_id)
    ).all()
    assert rows[0] == (office.units[0].id, Decimal("90.00"), Decimal("72.00"))
    assert rows[1] == (office.units[1].id, None, None)


def test_draft_keeps_the_filed_total_in_force(session: Session, office: Office) -> None:
    unit = office.units[0].id
    filed = PriceDraft(PriceBasis.UNIT, None, None, 900_000_00, 990_000_00)
    with transaction():
        publish_prices(session, office.project.id, actor=SYSTEM, prices={unit: filed}, source="file")
    with transaction():
        prices = {unit: PriceDraft(PriceBasis.UNIT, None, None, 910_000_00)}
        version = draft_version(session, office.project.id, actor=SYSTEM, prices=prices, source="plan")

    assert list_drafts(session, version)[unit].filed_total_amount == 990_000_00


def test_first_price_of_a_unit_has_no_move_to_measure(session: Session, office: Office) -> None:
    project_id = office.stranger.memberships[0].project_id
    with transaction():
        project = session.get_one(Project, project_id)
        unit, *_others = make_units(session, project, floors=1)
        prices = {unit.id: PriceDraft(PriceBasis.UNIT, None, None, 910_000_00)}
        version = draft_version(session, project_id, actor=SYSTEM, prices=prices, source="plan")

    assert (version.number, version.base_version_id, version.max_move_rate) == (1, None, None)
    assert list(find_breaches(session)) == []


def test_rounded_move_is_rounded_up(session: Session, office: Office) -> None:
    with transaction():
        version = make_version(session, office, {0: 910_000})

    assert version.max_move_rate == Decimal("0.011112")


def test_draft_of_prices_in_force_is_refused(session: Session, office: Office) -> None:
    with transaction():
        assert refusal(make_version, session, office, {0: 900_000}) == "prices_unchanged"


def test_submitting_twice_is_refused(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 945_000})
    with transaction():
        code = refusal(submit_version, session, version, actor=office.actor(office.planner))

    assert code == "wrong_state"
    assert version.submitted_by_id == office.planner.id


def test_price_below_the_group_floor_is_not_submitted(session: Session, office: Office) -> None:
    with transaction():
        set_limits(
            session, office.project.id, actor=office.actor(office.manager), layer=PriceLayer.GROUP_FLOOR,
            totals={office.units[0].id: 880_000_00}, effective_on=clock.business_today(), source="letter",
        )  # fmt: skip
        version = make_version(session, office, {0: 870_000})
    with transaction(), pytest.raises(DomainError) as caught:
        submit_version(session, version, actor=office.actor(office.planner))

    assert caught.value.code == "prices_unsound"
    assert [problem.field for problem in caught.value.errors] == [office.units[0].code]


def test_author_and_submitter_do_not_approve(session: Session, office: Office) -> None:
    with transaction():
        version = make_version(session, office, {0: 909_000}, actor=office.actor(office.manager))
        submit_version(session, version, actor=office.actor(office.admin))
    with transaction():
        codes = [
            refusal(approve_version, session, version, actor=office.actor(person))
            for person in (office.manager, office.admin)
        ]

    assert codes == ["self_approval", "self_approval"]


def test_manager_approves_up_to_the_limit(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 945_000})
        approve_version(session, version, actor=office.actor(office.manager), comment="as agreed")

    assert (version.state, version.approved_by_id) == (PriceVersionState.APPROVED, office.manager.id)
    assert version.decision_comment == "as agreed"


def test_larger_move_is_for_an_executive_who_is_named(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 945_001})
    with transaction(), pytest.raises(DomainError) as caught:
        approve_version(session, version, actor=office.actor(office.manager))
    with transaction():
        approve_version(session, version, actor=office.actor(office.executive))

    assert (caught.value.code, caught.value.status) == ("move_beyond_limit", 403)
    assert office.executive.name in str(caught.value.message)
    assert version.approved_by_id == office.executive.id


def test_price_below_the_project_floor_is_for_an_executive(session: Session, office: Office) -> None:
    with transaction():
        set_limits(
            session, office.project.id, actor=office.actor(office.manager), layer=PriceLayer.PROJECT_FLOOR,
            totals={office.units[0].id: 890_000_00}, effective_on=clock.business_today(), source="letter",
        )  # fmt: skip
        version = make_submitted(session, office, {0: 882_000})
    with transaction():
        code = refusal(approve_version, session, version, actor=office.actor(office.manager))
    with transaction():
        approve_version(session, version, actor=office.actor(office.executive))

    assert code == "move_beyond_limit"
    assert version.state is PriceVersionState.APPROVED


def test_planner_and_system_do_not_approve(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 909_000})
    with transaction():
        codes = [
            refusal(approve_version, session, version, actor=actor)
            for actor in (office.actor(office.planner), SYSTEM)
        ]

    assert codes == ["not_allowed", "not_allowed"]


def test_moment_in_the_past_is_refused(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 909_000})
    with transaction():
        past = clock.now() - timedelta(minutes=1)
        code = refusal(
            approve_version, session, version, actor=office.actor(office.manager), in_force_from=past
        )

    assert code == "moment_past"


def test_returned_version_is_a_draft_with_the_comment(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 909_000})
    with transaction():
        return_version(session, version, actor=office.actor(office.manager), comment="too low on 3")

    assert (version.state, version.decision_comment) == (PriceVersionState.DRAFT, "too low on 3")
    assert (version.submitted_at, version.submitted_by_id) == (None, None)


def test_return_without_a_comment_is_refused(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 909_000})
        code = refusal(return_version, session, version, actor=office.actor(office.manager), comment=" ")

    assert code == "comment_missing"


def test_approved_version_is_withdrawn_only_by_who_may_approve(session: Session, office: Office) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000})
    with transaction():
        code = refusal(withdraw_version, session, version, actor=office.actor(office.planner))
    with transaction():
        withdraw_version(session, version, actor=office.actor(office.manager))
        withdraw_version(session, version, actor=office.actor(office.manager))

    assert code == "not_allowed"
    assert version.state is PriceVersionState.WITHDRAWN
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("price_version.%")))
    assert list(actions) == [
        f"price_version.{step}" for step in ("drafted", "submitted", "approved", "withdrawn")
    ]


def test_revert_is_a_draft_with_the_old_prices(session: Session, office: Office) -> None:
    manager = office.actor(office.manager)
    with transaction():
        put_in_force(session, make_approved(session, office, {0: 909_000}), actor=manager)
    with transaction():
        first = session.scalars(select(PriceVersion).where(PriceVersion.number == 1)).one()
        version = revert_to(session, first, actor=manager)

    assert (version.number, version.state) == (3, PriceVersionState.DRAFT)
    assert list_drafts(session, version) == list_drafts(session, first)


def test_only_prices_that_were_in_force_are_brought_back(session: Session, office: Office) -> None:
    with transaction():
        version = make_version(session, office, {0: 909_000})
        code = refusal(revert_to, session, version, actor=office.actor(office.manager))

    assert code == "wrong_state"


def test_database_refuses_a_price_in_a_submitted_version(session: Session, office: Office) -> None:
    with transaction():
        version = make_submitted(session, office, {0: 909_000})
        project = session.get_one(Project, office.project.id)
        unit, *_others = make_units(session, project, building="2栋", floors=1)
    row = {"version_id": version.id, "unit_id": unit.id, "basis": PriceBasis.UNIT, "list_total_amount": 1}

    with pytest.raises(DatabaseError, match="drafts only"), transaction():
        session.execute(insert(UnitPrice), [row])


@pytest.mark.parametrize("state", [PriceVersionState.APPROVED, PriceVersionState.SUPERSEDED])
def test_database_refuses_what_nobody_approved(
    session: Session, office: Office, state: PriceVersionState
) -> None:
    with transaction():
        version = make_version(session, office, {0: 909_000})
    statement = update(PriceVersion).where(PriceVersion.id == version.id).values(state=state)

    with pytest.raises(DatabaseError), transaction():
        session.execute(statement)
