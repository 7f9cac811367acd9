"""Whether money may be taken for what an account stands for is known further left; this is how payments ask.

Judges are registered when the application is made (`deals.receivers`, `registrations.receivers`); each answers for its
own accounts. Without any no money can be recorded: the question fails instead of being answered with "yes".
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError

MoneyJudge = Callable[[Session, int, date], DomainError | None]

_judges: list[MoneyJudge] = []


def judges_money(judge: MoneyJudge) -> MoneyJudge:
    """Register the function that says whether money that came on a business day may be recorded for an account."""
    _judges.append(judge)
    return judge


def find_money_refusal(session: Session, account_id: int, received_on: date) -> DomainError | None:
    """Find the refusal (`permit_missing`) of money that came on a business day for an account; None where there is none."""
    if not _judges:
        raise RuntimeError("nobody judges money: no receivers were imported")
    refusals = (judge(session, account_id, received_on) for judge in _judges)
    return next((refusal for refusal in refusals if refusal is not None), None)
