"""The shape that all lines of the work list share, and what their selects know of the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Label, bindparam, func, null, or_, select

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.infra.types import UtcDateTime
from salesoffice.inventory.models import Unit
from salesoffice.reservations.models import Hold

HOLDS_END_WITHIN = timedelta(hours=2)
DUE_WITHIN = timedelta(days=7)
BACKDATED_WITHIN = 7
"""For so many days a change that counts for an earlier day stays on the list."""

PROJECTS = bindparam("projects", expanding=True, type_=Integer)
OWN = bindparam("own", expanding=True, type_=Integer)
ME = bindparam("me", type_=Integer)
NOW = bindparam("now", type_=UtcDateTime)
SOON = bindparam("soon", type_=UtcDateTime)
DAY_END = bindparam("day_end", type_=UtcDateTime)
TODAY = bindparam("today", type_=Date)
IN_A_WEEK = bindparam("in_a_week", type_=Date)


COLUMNS = (
    "project_id", "subject_id", "about", "kind", "due", "days", "amount", "part",
    "deal_number", "rep_id", "unit_code", "name",
)  # fmt: skip
"""What each select of the work list gives; absent ones are NULL."""


@dataclass(frozen=True)
class Viewer:
    """Who looks, at which projects, when. In `own` of them the person sees their own sales only."""

    actor: Actor
    project_ids: tuple[int, ...]
    now: datetime

    @property
    def today(self) -> date:
        """The business day."""
        return clock.business_day_of(self.now)

    def values(self) -> dict[str, Any]:
        """Return what the selects are run with."""
        own = [
            project_id
            for project_id in self.project_ids
            if self.actor.can(Permission.DEAL_VIEW, project_id)
            and not self.actor.can(Permission.DEAL_VIEW_ALL, project_id)
        ]
        days = {f"day_{ago}": self.today - timedelta(days=ago) for ago in range(BACKDATED_WITHIN + 1)}
        starts = {
            f"start_{ago}": clock.day_bounds(days[f"day_{ago}"])[0] for ago in range(BACKDATED_WITHIN + 1)
        }
        return (
            {
                "projects": self.project_ids,
                "own": own,
                "me": self.actor.id or 0,
                "now": self.now,
                "soon": self.now + HOLDS_END_WITHIN,
                "day_end": clock.day_bounds(self.today)[1],
                "today": self.today,
                "in_a_week": self.today + DUE_WITHIN,
            }
            | days
            | starts
        )


def line(project_id: Any, subject_id: Any, *, has_deal: bool = True, **given: Any) -> Sequence[Label[Any]]:
    """Return the columns of a line. `about` is a number or title, `kind` an enumeration, `due` a business day or a moment
    that it is due on, `days` after it; `amount` fen; `part` a further part of its actions' addresses; `unit_code` where
    the line is about no deal.
    """
    of_deal = {
        "deal_number": Deal.number,
        "rep_id": Deal.rep_id,
        "unit_code": Unit.code,
        "name": buyer_name(),
    }
    values = {"project_id": project_id, "subject_id": subject_id} | (of_deal if has_deal else {}) | given
    return [values.get(name, null()).label(name) for name in COLUMNS]


def sees_deal() -> ColumnElement[bool]:
    """Return the condition that the person may see a deal: reps their own."""
    return or_(Deal.project_id.not_in(OWN), Deal.rep_id == ME)


def buyer_name() -> ColumnElement[str]:
    """Return the name of a deal's principal buyer, or of the customer its hold is for."""
    principal = (
        select(Customer.name)
        .join(DealBuyer, DealBuyer.customer_id == Customer.id)
        .where(DealBuyer.deal_id == Deal.id, DealBuyer.position == 0)
        .scalar_subquery()
    )
    held_for = (
        select(Customer.name)
        .join(Hold, Hold.customer_id == Customer.id)
        .where(Hold.deal_id == Deal.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(principal, held_for)
