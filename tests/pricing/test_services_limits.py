"""Limits of prices and the rules for changing them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.pricing.enums import FilingProblem, PriceLayer
from salesoffice.pricing.models import PriceLimit
from salesoffice.pricing.queries import find_breaches, find_limits, find_rules, list_limit_history
from salesoffice.pricing.rules import Limits, RuleRates
from salesoffice.pricing.services import FilingRefused, LimitChange, set_limits, set_rules
from tests.factories import Office

DAY = date(2026, 1, 1)


def put(
    session: Session,
    office: Office,
    totals: Mapping[int, int],
    *,
    layer: PriceLayer = PriceLayer.PROJECT_FLOOR,
    day: date = DAY,
    is_accepted: bool = False,
) -> list[LimitChange]:
    with transaction():
        return set_limits(
            session,
            office.project.id,
            actor=office.actor(office.manager),
            layer=layer,
            totals={office.units[place].id: amount for place, amount in totals.items()},
            effective_on=day,
            source="letter 7",
            is_accepted=is_accepted,
        )


def test_limits_are_set_per_layer_and_superseded(session: Session, office: Office) -> None:
    unit = office.units[0].id
    put(session, office, {0: 880, 1: 870})
    put(session, office, {0: 860}, layer=PriceLayer.GROUP_FLOOR)
    put(session, office, {0: 900}, layer=PriceLayer.FILED)

    changes = put(session, office, {0: 885, 1: 870})

    assert [(change.code, change.old, change.new) for change in changes] == [(office.units[0].code, 880, 885)]
    assert find_limits(session, [unit, office.units[2].id]) == {
        unit: Limits(900, 885, 860),
        office.units[2].id: Limits(),
    }
    history = [
        (row.total_amount, row.superseded_at is None) for row, _name in list_limit_history(session, unit)
    ]
    assert history == [(885, True), (900, True), (860, True), (880, False)]
    assert list(find_breaches(session)) == []


def test_same_limits_again_change_nothing(session: Session, office: Office) -> None:
    put(session, office, {0: 880})

    assert put(session, office, {0: 880}) == []
    assert len(session.scalars(select(PriceLimit)).all()) == 1
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "price_limits.set")).all()
    assert len(entries) == 1


@pytest.mark.parametrize(
    ("day", "amount", "problem"),
    [
        (DAY + timedelta(days=89), 1000_00, FilingProblem.TOO_SOON),
        (DAY + timedelta(days=90), 849_99, FilingProblem.CUT_TOO_LARGE),
    ],
)
def test_filing_against_the_rules_needs_the_authority(
    session: Session, office: Office, day: date, amount: int, problem: FilingProblem
) -> None:
    put(session, office, {0: 999_99}, layer=PriceLayer.FILED)

    with pytest.raises(FilingRefused) as caught:
        put(session, office, {0: amount}, layer=PriceLayer.FILED, day=day)
    changes = put(session, office, {0: amount}, layer=PriceLayer.FILED, day=day, is_accepted=True)

    assert [item.field for item in caught.value.errors] == [office.units[0].code]
    assert str(problem.label) in str(caught.value.errors[0].message)
    assert [change.problems for change in changes] == [(problem,)]


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
def test_amount_that_is_no_price_is_refused(session: Session, office: Office, amount: int) -> None:
    with pytest.raises(DomainError) as caught:
        put(session, office, {0: amount})

    assert caught.value.code == "price_invalid"


def test_unit_of_another_project_is_refused(session: Session, office: Office) -> None:
    with pytest.raises(DomainError) as caught, transaction():
        set_limits(
            session, office.stranger.memberships[0].project_id, actor=office.actor(office.admin),
            layer=PriceLayer.FILED, totals={office.units[0].id: 1}, effective_on=DAY, source="",
        )  # fmt: skip

    assert caught.value.code == "unit_unknown"


@pytest.mark.parametrize("statement", [update(PriceLimit).values(total_amount=1), delete(PriceLimit)])
def test_database_refuses_to_change_a_limit(session: Session, office: Office, statement: object) -> None:
    put(session, office, {0: 880})

    with pytest.raises(DatabaseError, match="never changed"), transaction():
        session.execute(statement)  # type: ignore[call-overload]


def test_rules_are_the_usual_ones_until_set(session: Session, office: Office) -> None:
    rules = replace(RuleRates(), manager_move_rate=Decimal("0.02"), refile_interval_days=30)
    before = find_rules(session, office.project.id)
    with transaction():
        set_rules(session, office.project.id, actor=office.actor(office.manager), rules=rules)
    with transaction():
        set_rules(session, office.project.id, actor=office.actor(office.manager), rules=rules)

    assert before == RuleRates()
    assert find_rules(session, office.project.id) == rules
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "price_rules.changed")).all()
    assert len(entries) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_cut_rate", Decimal(0)), ("manager_move_rate", Decimal("1.1")), ("refile_interval_days", -1)],
)
def test_rules_out_of_bounds_are_refused_by_field(
    session: Session, office: Office, name: str, value: Decimal | int
) -> None:
    rules = RuleRates(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(DomainError) as caught, transaction():
        set_rules(session, office.project.id, actor=office.actor(office.manager), rules=rules)

    assert [problem.field for problem in caught.value.errors] == [name]
    assert clock.business_today() > DAY
