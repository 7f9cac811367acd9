"""What price sheets must ask features further left, which they cannot import.

The state of a unit is known to `deals`: exactly one teller is registered when the application is made, and without it
no sheet is made. Prices after discounts are known to whoever keeps discounts: each teller adds columns, if any.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from salesoffice.core.labels import LabelledEnum


@dataclass(frozen=True)
class PlanColumn:
    """A further column of the detail sheet: the total (fen) by unit id under a payment plan or a discount scheme."""

    label: str
    totals: Mapping[int, int]


StateTeller = Callable[[Session, int], Mapping[int, LabelledEnum]]
PlanTeller = Callable[[Session, int, Mapping[int, int]], Sequence[PlanColumn]]

_state_tellers: list[StateTeller] = []
_plan_tellers: list[PlanTeller] = []


def tells_states(teller: StateTeller) -> StateTeller:
    """Register the function that tells the state of each unit of a project by id."""
    _state_tellers.append(teller)
    return teller


def tells_plan_prices(teller: PlanTeller) -> PlanTeller:
    """Register a function that gives columns of discounted totals for list totals (fen) by unit id."""
    _plan_tellers.append(teller)
    return teller


def list_states(session: Session, project_id: int) -> Mapping[int, LabelledEnum]:
    """Return the one state that everybody is shown, of each unit of a project by id."""
    if not _state_tellers:
        raise RuntimeError("nobody tells states: salesoffice.deals.receivers was not imported")
    return _state_tellers[-1](session, project_id)


def list_plan_columns(session: Session, project_id: int, totals: Mapping[int, int]) -> tuple[PlanColumn, ...]:
    """Return the columns of discounted totals for list totals by unit id, in the order of their tellers."""
    return tuple(column for teller in _plan_tellers for column in teller(session, project_id, totals))
