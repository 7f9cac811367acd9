"""The columns of the detail sheet: the price under each payment plan that has discounts of its own."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.offers.enums import DiscountSource
from salesoffice.offers.receivers import tell_plan_prices
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from tests.factories import Office
from tests.factories.offers import make_scheme


@pytest.fixture
def schemes(app: Flask, office: Office) -> None:
    """2 % off for paying in full, 10,000.00 off in instalments, 1 % at the launch whatever the plan."""
    with app.test_request_context(), transaction() as session:
        for name, kind, value, source, plans in (
            ("全款", DiscountKind.PERCENTAGE, "0.98", DiscountSource.PAYMENT, (PlanKind.FULL,)),
            ("分期", DiscountKind.AMOUNT, "1000000", DiscountSource.PAYMENT, (PlanKind.INSTALMENTS,)),
            ("开盘", DiscountKind.PERCENTAGE, "0.99", DiscountSource.LAUNCH, ()),
        ):
            make_scheme(
                session, office, name=name, kind=kind, value=Decimal(value), source=source, plan_kinds=plans
            )


@pytest.mark.usefixtures("schemes")
def test_each_plan_with_discounts_of_its_own_is_a_column(session: Session, office: Office) -> None:
    unit = office.units[0]

    columns = tell_plan_prices(session, office.project.id, {unit.id: 900_000_00})

    assert [dict(column.totals) for column in columns] == [{unit.id: 882_000_00}, {unit.id: 890_000_00}]


@pytest.mark.usefixtures("schemes")
def test_unit_that_nothing_would_be_left_of_is_left_out(session: Session, office: Office) -> None:
    unit = office.units[0]

    columns = tell_plan_prices(session, office.project.id, {unit.id: 10_000_00})

    assert [dict(column.totals) for column in columns] == [{unit.id: 9_800_00}, {}]


def test_without_schemes_there_is_no_column(session: Session, office: Office) -> None:
    assert tell_plan_prices(session, office.project.id, {office.units[0].id: 900_000_00}) == ()
