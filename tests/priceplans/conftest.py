"""A plan for the units of the small office, and one for a large project."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.services import CellName, PlanDetails, create_plan
from salesoffice.pricing.enums import PriceBasis
from tests.factories import Office

DETAILS = PlanDetails(
    PlanMethod.BOTH, PriceBasis.GROSS, target_price=9_700_00, blended_discount=Decimal("0.97"), base_floor=3
)
"""A net average of 9,700 at 97 %: list prices of 10,000 yuan per m² on average."""


@dataclass(frozen=True)
class Planned:
    """An office with a plan for the whole project; its page is `address`."""

    office: Office
    plan: PricePlan

    @property
    def address(self) -> str:
        """The page of the plan."""
        return f"/p/{self.office.project.code}/plans/{self.plan.id}"


def coefficient(kind: FactorKind, key: str, building_id: int | None = None) -> CellName:
    """Name the coefficient of a row."""
    return CellName(kind, building_id, key, is_coefficient=True)


def difference(kind: FactorKind, key: str, building_id: int | None = None) -> CellName:
    """Name the difference of a row."""
    return CellName(kind, building_id, key, is_coefficient=False)


def make_plan(
    session: Session, office: Office, name: str = "First", details: PlanDetails = DETAILS
) -> PricePlan:
    """Add a plan for the whole project, made by the planner."""
    return create_plan(
        session, office.project.id, actor=office.actor(office.planner), name=name, details=details
    )


@pytest.fixture
def planned(app: Flask, office: Office) -> Planned:
    """The small office with a plan: 20 units of 90 m², base floor 3."""
    with app.test_request_context(), transaction() as session:
        return Planned(office, make_plan(session, office))


@pytest.fixture
def write(app: Flask) -> Callable[[Callable[[Session], object]], object]:
    """Do something in one transaction."""

    def run(act: Callable[[Session], object]) -> object:
        with app.test_request_context(), transaction() as session:
            return act(session)

    return run
