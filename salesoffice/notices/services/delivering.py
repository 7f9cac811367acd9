"""Telling the buyers of one sale, their answer, and silence."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed, WrongState
from salesoffice.core.permissions import SYSTEM, Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.models import NoticeDelivery
from salesoffice.notices.rules import answer_by, check_answer, check_day, is_silent, refuse

_LONGEST_WAY, _LONGEST_NOTE = 100, 200


@dataclass(frozen=True)
class Telling:
    """How and on which day the buyers were told: handed over, by registered letter with its number."""

    how: str
    on: date


def mark_notified(
    session: Session, delivery: NoticeDelivery, *, actor: Actor, telling: Telling
) -> NoticeDelivery:
    """Note that the buyers of a sale were told; from that day their answer clock runs.

    Refused: InvalidInput without a way, for a day in the future or before the decision; WrongState when they were told.
    """
    how = telling.how.strip()
    if not 0 < len(how) <= _LONGEST_WAY:
        refuse(
            "how", _l("Say how the buyers were told, in at most %(count)s characters.", count=_LONGEST_WAY)
        )
    delivery = _lock(session, delivery)
    check_day("on", telling.on, delivery.notice.decided_on, clock.business_today())
    if delivery.notified_on is not None:
        raise WrongState(
            _l("The buyers were told on %(day)s already.", day=delivery.notified_on.isoformat()),
            deal=delivery.deal.number,
        )
    if actor.id is None:
        raise NotAllowed(_l("Buyers are told by a person."))
    delivery.notified_on, delivery.notified_how, delivery.notified_by_id = telling.on, how, actor.id
    session.flush()
    until = answer_by(telling.on, delivery.notice.answer_days).isoformat()
    _record(session, delivery, "notice.notified", actor, {"how": how, "on": telling.on, "until": until})
    return delivery


def enter_answer(
    session: Session,
    delivery: NoticeDelivery,
    *,
    actor: Actor,
    answer: BuyerAnswer,
    on: date,
    note: str = "",
) -> NoticeDelivery:
    """Enter the buyers' answer. Withdrawing cancels nothing by itself: the sale's cancellation is asked for next.

    Refused: WrongState before they were told, after another answer, or for an answer after the last day, when silence
    counted as consent; InvalidInput for a day in the future or before they were told.
    """
    if len(note) > _LONGEST_NOTE:
        refuse("note", _l("Please enter no more than %(max)d characters.", max=_LONGEST_NOTE))
    delivery = _lock(session, delivery)
    check_answer(delivery.answer, answer)
    if delivery.notified_on is None:
        raise WrongState(_l("The buyers have not been told yet. Note first how and when they were told."))
    check_day("on", on, delivery.notified_on, clock.business_today())
    last = answer_by(delivery.notified_on, delivery.notice.answer_days)
    if on > last:
        raise WrongState(
            _l("The last day for an answer was %(day)s; silence counted as consent.", day=last.isoformat())
        )
    before = delivery.answer
    delivery.answer, delivery.answered_on, delivery.note = answer, on, note.strip()
    session.flush()
    _record(
        session,
        delivery,
        f"notice.{answer.value}",
        actor,
        {"on": on, "note": delivery.note},
        before={"answer": before.value},
    )
    return delivery


def mark_silent(session: Session, delivery_id: int) -> bool:
    """Note that the last day for an answer has passed; tell whether it was noted now. Twice is harmless."""
    delivery = _lock(session, session.get_one(NoticeDelivery, delivery_id))
    days = delivery.notice.answer_days
    if delivery.answer is not BuyerAnswer.NONE or not is_silent(
        delivery.notified_on, days, clock.business_today()
    ):
        return False
    if delivery.notified_on is not None:
        delivery.answered_on = answer_by(delivery.notified_on, days)
    delivery.answer = BuyerAnswer.SILENT
    session.flush()
    _record(session, delivery, "notice.silent", SYSTEM, {"on": delivery.answered_on})
    return True


def _lock(session: Session, delivery: NoticeDelivery) -> NoticeDelivery:
    return lock_rows(session, select(NoticeDelivery).where(NoticeDelivery.id == delivery.id))[0]


def _record(
    session: Session,
    delivery: NoticeDelivery,
    action: str,
    actor: Actor,
    after: dict[str, object],
    *,
    before: dict[str, object] | None = None,
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=delivery.notice.project_id,
        subject=delivery,
        unit_id=delivery.deal.unit_id,
        before=before,
        after={"number": delivery.notice.number, **after},
    )
