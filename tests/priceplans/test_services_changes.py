"""Changing a plan and taking changes back."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput
from salesoffice.infra.db import transaction
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.models import PlanAdjustment, PlanChange, PlanFactor, PricePlan
from salesoffice.priceplans.queries import list_adjustments, list_factors, load_facts
from salesoffice.priceplans.services import (
    Adjusted,
    NothingToUndo,
    PlanChangedMeanwhile,
    PlanEdit,
    PlanNameTaken,
    change_plan,
    copy_plan,
    create_plan,
    undo_change,
)
from tests.priceplans.conftest import DETAILS, Planned, coefficient, difference, make_plan

LINE = coefficient(FactorKind.LINE, "01")


def change(session: Session, planned: Planned, revision: int, edit: PlanEdit) -> PricePlan:
    """Change the plan as its planner."""
    plan = session.get_one(PricePlan, planned.plan.id)
    actor = planned.office.actor(planned.office.planner)
    return change_plan(session, plan, actor=actor, revision=revision, edit=edit)


def test_change_sets_figures_adjustments_and_terms(session: Session, planned: Planned) -> None:
    unit_id = planned.office.units[3].id
    edit = PlanEdit(
        {LINE: 1_050_000, difference(FactorKind.LINE, "01"): -20_00},
        {unit_id: Adjusted(-100_00, "by the lift")},
        {"blended_discount": Decimal("0.96")},
    )

    with transaction():
        plan = change(session, planned, 1, edit)

    (factor,) = list_factors(session, plan.id)
    assert (factor.coefficient, factor.difference) == (Decimal("1.05"), -20_00)
    assert list_adjustments(session, plan.id) == {unit_id: -100_00}
    assert (plan.blended_discount, plan.revision) == (Decimal("0.96"), 2)


def test_changes_are_undone_one_after_the_other(session: Session, planned: Planned) -> None:
    actor, unit_id = planned.office.actor(planned.office.planner), planned.office.units[3].id
    with transaction():
        change(session, planned, 1, PlanEdit({LINE: 1_050_000}))
        change(session, planned, 2, PlanEdit({LINE: 1_100_000}, {unit_id: Adjusted(5_00, "view")}))
        plan = change(session, planned, 3, PlanEdit(terms={"target_price": None, "base_price": 8_000_00}))

    seen = []
    with transaction():
        for revision in (4, 5, 6):
            undo_change(session, plan, actor=actor, revision=revision)
            figures = [factor.coefficient for factor in list_factors(session, plan.id)]
            seen.append((plan.target_price, figures, list_adjustments(session, plan.id)))
        with pytest.raises(NothingToUndo):
            undo_change(session, plan, actor=actor, revision=7)

    assert seen == [
        (9_700_00, [Decimal("1.1")], {unit_id: 5_00}),
        (9_700_00, [Decimal("1.05")], {}),
        (9_700_00, [], {}),
    ]


def test_change_of_somebody_else_is_not_undone(session: Session, planned: Planned) -> None:
    with transaction():
        plan = change(session, planned, 1, PlanEdit({LINE: 1_050_000}))

    with pytest.raises(NothingToUndo), transaction():
        undo_change(session, plan, actor=planned.office.actor(planned.office.assistant), revision=2)


def test_change_upon_an_older_revision_is_refused(session: Session, planned: Planned) -> None:
    with transaction():
        change(session, planned, 1, PlanEdit({LINE: 1_050_000}))

    with pytest.raises(PlanChangedMeanwhile) as caught, transaction():
        change(session, planned, 1, PlanEdit({LINE: 1_060_000}))

    assert caught.value.values == {"revision": 2}


def test_change_that_changes_nothing_leaves_no_trace(session: Session, planned: Planned) -> None:
    with transaction():
        change(session, planned, 1, PlanEdit({LINE: 1_050_000}))
        plan = change(session, planned, 2, PlanEdit({LINE: 1_050_000}))

    assert plan.revision == 2
    assert session.scalar(select(func.count()).select_from(PlanChange)) == 1


def test_figure_taken_away_takes_the_row_away(session: Session, planned: Planned) -> None:
    with transaction():
        change(session, planned, 1, PlanEdit({LINE: 1_050_000}))
        change(session, planned, 2, PlanEdit({LINE: None}))

    assert session.scalar(select(func.count()).select_from(PlanFactor)) == 0


@pytest.mark.parametrize("reason", ["", "view"])
def test_adjustment_needs_a_reason_and_a_unit_of_the_plan(
    session: Session, planned: Planned, reason: str
) -> None:
    unit_id = planned.office.units[3].id if not reason else 10**6

    with pytest.raises(InvalidInput), transaction():
        change(session, planned, 1, PlanEdit(adjustments={unit_id: Adjusted(5_00, reason)}))

    assert session.scalar(select(func.count()).select_from(PlanAdjustment)) == 0


def test_building_of_another_project_is_refused(session: Session, planned: Planned) -> None:
    with pytest.raises(InvalidInput), transaction():
        change(session, planned, 1, PlanEdit({coefficient(FactorKind.LINE, "01", 999): 1_050_000}))


def test_copy_is_a_plan_of_its_own(session: Session, planned: Planned) -> None:
    actor = planned.office.actor(planned.office.planner)
    with transaction():
        plan = change(session, planned, 1, PlanEdit({LINE: 1_050_000}))
        copy = copy_plan(session, plan, actor=actor, name="Second")
        change_plan(session, copy, actor=actor, revision=1, edit=PlanEdit({LINE: 1_100_000}))

    assert [factor.coefficient for factor in list_factors(session, plan.id)] == [Decimal("1.05")]
    assert [factor.coefficient for factor in list_factors(session, copy.id)] == [Decimal("1.1")]
    totals = [load_facts(session, found).compute().total for found in (plan, copy)]
    assert totals == [18_000_450_00, 18_000_000_00]


def test_name_is_taken_once(session: Session, planned: Planned) -> None:
    with pytest.raises(PlanNameTaken), transaction():
        make_plan(session, planned.office)


def test_plan_of_one_building_prices_its_units_alone(session: Session, planned: Planned) -> None:
    office = planned.office
    with transaction():
        plan = create_plan(
            session,
            office.project.id,
            actor=office.actor(office.planner),
            name="Building",
            details=DETAILS,
            building_ids=[office.units[0].building_id],
        )

    result = load_facts(session, plan).compute()

    assert (len(result.rows), result.total) == (20, 18_000_000_00)
