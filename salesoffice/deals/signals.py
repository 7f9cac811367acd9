"""What keeps a sale from its next stage may be known further right (`papers`); this is how deals ask."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.deals.enums import Stage

StageJudge = Callable[[Session, Any, Stage], DomainError | None]
"""Takes the session, the `deals.models.Deal` and the stage it is about to enter; returns the refusal or None."""

_judges: list[StageJudge] = []


def judges_stages(judge: StageJudge) -> StageJudge:
    """Register a function that objects to a sale entering a stage; there may be several, or none."""
    _judges.append(judge)
    return judge


def list_objections(session: Session, deal: Any, stage: Stage) -> Iterator[DomainError]:
    """Yield the refusals of the judges, in the order in which they were registered."""
    for judge in _judges:
        objection = judge(session, deal, stage)
        if objection is not None:
            yield objection
