"""Entering a notice: what changes, and which sales it concerns."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.numbering import next_number
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.notices.queries import (
    NOTICE_SERIES,
    NOTICE_TEMPLATE,
    NoticeScope,
    find_unknown_codes,
    list_concerned,
)
from salesoffice.notices.rules import check_day, check_notice, notify_by, refuse

_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class NoticeDraft:
    """A change of planning or design as it is entered; `decided_on` starts the clock of `notify_days`."""

    title: str
    body: str
    decided_on: date
    source: str = ""
    notify_days: int = 10
    answer_days: int = 15


def enter_notice(
    session: Session, project_id: int, *, actor: Actor, draft: NoticeDraft, scope: NoticeScope
) -> EngineeringNotice:
    """Enter a notice and the list of sales whose buyers have to be told: those under way from the contract on.

    Refused: InvalidInput for words, days and clocks that cannot be, for codes that name no such sale
    (`notice_code_unknown`), and when no sale is concerned (`notice_without_deals`).
    """
    if actor.id is None:
        raise NotAllowed(_l("A notice is entered by a person."))
    check_notice(draft.title, draft.body, draft.source, (draft.notify_days, draft.answer_days))
    check_day("decided_on", draft.decided_on, _EARLIEST, clock.business_today())
    unknown = find_unknown_codes(session, project_id, scope)
    if unknown:
        message = _l("No contracted sale has the number or unit %(code)s.", code=unknown[0])
        refuse("codes", message, "notice_code_unknown")
    deals = list_concerned(session, project_id, scope)
    if not deals:
        message = _l(
            "No contracted sale is concerned. Choose buildings, sections, unit types or single sales."
        )
        refuse("codes", message, "notice_without_deals")
    notice = EngineeringNotice(
        project_id=project_id,
        number=next_number(session, project_id=project_id, series=NOTICE_SERIES, template=NOTICE_TEMPLATE),
        title=draft.title,
        body=draft.body,
        source=draft.source,
        decided_on=draft.decided_on,
        notify_days=draft.notify_days,
        answer_days=draft.answer_days,
        entered_at=clock.now(),
        entered_by_id=actor.id,
        deliveries=[NoticeDelivery(deal_id=deal.id, deal=deal) for deal in deals],
    )
    session.add(notice)
    session.flush()
    after = {"number": notice.number, "title": notice.title, "deals": len(deals)}
    audit.record_change(session, notice, "notice.entered", actor, after=after)
    _tell_deals(session, notice, actor)
    return notice


def _tell_deals(session: Session, notice: EngineeringNotice, actor: Actor) -> None:
    until = notify_by(notice.decided_on, notice.notify_days).isoformat()
    for delivery in notice.deliveries:
        audit.record(
            session,
            action="notice.planned",
            actor=actor,
            project_id=notice.project_id,
            subject=delivery,
            unit_id=delivery.deal.unit_id,
            after={"number": notice.number, "until": until},
        )
