"""The two clocks of an engineering change notice, and its refusals."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import FieldProblem, InvalidInput, Text, WrongState
from salesoffice.notices.enums import ANSWER_STEPS, BuyerAnswer, DeliveryState

MAX_DAYS = 90
MAX_TITLE, MAX_BODY, MAX_SOURCE = 120, 6_000, 200


def notify_by(decided_on: date, notify_days: int) -> date:
    """Return the last day for telling the buyers: so many days after the decision."""
    return decided_on + timedelta(days=notify_days)


def answer_by(notified_on: date, answer_days: int) -> date:
    """Return the last day for the buyer's answer: so many days after they were told."""
    return notified_on + timedelta(days=answer_days)


def is_silent(notified_on: date | None, answer_days: int, today: date) -> bool:
    """Tell whether the answer day has passed without an answer, which counts as consent from the day after."""
    return notified_on is not None and answer_by(notified_on, answer_days) < today


def derive_state(notified_on: date | None, answer: BuyerAnswer, last_day: date, today: date) -> DeliveryState:
    """Return how far a notice to one sale has come; `last_day` is that for telling the buyers."""
    if answer is not BuyerAnswer.NONE:
        return DeliveryState.ANSWERED
    if notified_on is not None:
        return DeliveryState.WAITING
    return DeliveryState.NOTIFY_LATE if last_day < today else DeliveryState.TO_NOTIFY


def check_notice(title: str, body: str, source: str, days: tuple[int, int]) -> None:
    """Refuse with InvalidInput a notice without title or words, with too many, or with clocks outside 1 to 90 days."""
    if not 0 < len(title) <= MAX_TITLE:
        refuse("title", _l("A notice has a title of at most %(count)s characters.", count=MAX_TITLE))
    if not 0 < len(body) <= MAX_BODY:
        refuse("body", _l("Say what changes, in at most %(count)s characters.", count=MAX_BODY))
    if len(source) > MAX_SOURCE:
        refuse("source", _l("Please enter no more than %(max)d characters.", max=MAX_SOURCE))
    if not all(1 <= count <= MAX_DAYS for count in days):
        refuse("answer_days", _l("Both clocks run 1 to %(count)s days.", count=MAX_DAYS))


def check_day(field: str, on: date, earliest: date, today: date) -> None:
    """Refuse with InvalidInput a day in the future, or before what it follows."""
    if on > today:
        refuse(field, _l("This day is in the future."))
    if on < earliest:
        refuse(field, _l("This cannot have happened before %(day)s.", day=earliest.isoformat()))


def check_answer(current: BuyerAnswer, wanted: BuyerAnswer) -> None:
    """Refuse with WrongState an answer that does not follow."""
    if wanted not in ANSWER_STEPS[current] or wanted is BuyerAnswer.SILENT:
        raise WrongState(
            _l("The answer is “%(answer)s” already.", answer=current.label), answer=current.value
        )


def refuse(field: str, message: Text, code: str = "invalid_input") -> None:
    """Refuse with InvalidInput about one field."""
    raise InvalidInput(message, [FieldProblem(field, message)], code=code)
