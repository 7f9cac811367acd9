"""Whether a sale has a contract is known further left (`contracts`); this is how reservations ask before cancelling."""

from collections.abc import Callable

from sqlalchemy.orm import Session

CancellingJudge = Callable[[Session, int], None]

_judges: list[CancellingJudge] = []


def judges_cancelling(judge: CancellingJudge) -> CancellingJudge:
    """Register a function that refuses, by a DomainError, to cancel the subscription of a deal (by its id)."""
    _judges.append(judge)
    return judge


def check_cancelling(session: Session, deal_id: int) -> None:
    """Ask whether the subscription of a deal may be cancelled; the unit is locked."""
    if not _judges:
        raise RuntimeError("nobody judges cancellations: salesoffice.contracts.receivers was not imported")
    for judge in _judges:
        judge(session, deal_id)
