"""Reminding those on whom a decision waits too long."""

from sqlalchemy.orm import Session

from salesoffice.approvals import signals
from salesoffice.approvals.enums import RequestNews
from salesoffice.approvals.queries import select_overdue
from salesoffice.approvals.services.asking import list_open_deciders
from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows


def chase_overdue(session: Session, *, limit: int = 50) -> int:
    """Remind everybody who may decide a request whose time is over, once per business day; returns how many requests.

    At most `limit` per call; 0 means that none is left.
    """
    day_start, _end = clock.day_bounds(clock.business_today())
    requests = lock_rows(session, select_overdue(clock.now(), day_start).limit(limit))
    for request in requests:
        request.chased_at = clock.now()
        request.chase_count += 1
        session.flush()
        signals.send_news(session, request, list_open_deciders(session, request), RequestNews.CHASED)
        audit.record_change(session, request, "approval.chased", SYSTEM, after={"times": request.chase_count})
    return len(requests)
