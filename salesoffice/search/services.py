"""Remembering what a person opened from the search box."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor
from salesoffice.search.enums import FindKind
from salesoffice.search.models import RecentFind
from salesoffice.search.queries import KEPT, Search, load_finds


def remember_find(
    session: Session, project_id: int, *, actor: Actor, kind: FindKind, subject_id: int
) -> None:
    """Remember a customer, unit or deal that the person opened now; the last eight are kept.

    Opening it again moves it to the front. Refused: NotFound for what the person may not see. It is a convenience, no
    business state: nothing is written to the audit.
    """
    search = Search(session, actor, project_id, limit=1)
    if actor.id is None or not load_finds(search, kind, [subject_id]):
        raise NotFound(_l("There is no such thing here. Check the address."))
    of_person = (RecentFind.user_id == actor.id, RecentFind.project_id == project_id)
    statement = select(RecentFind).where(
        *of_person, RecentFind.subject_kind == kind.value, RecentFind.subject_id == subject_id
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        found = RecentFind(
            user_id=actor.id, project_id=project_id, subject_kind=kind.value, subject_id=subject_id
        )
        session.add(found)
    found.opened_at = clock.now()
    session.flush()
    newest = (
        select(RecentFind.id).where(*of_person).order_by(RecentFind.opened_at.desc(), RecentFind.id.desc())
    )
    kept = session.scalars(newest.limit(KEPT)).all()
    session.execute(delete(RecentFind).where(*of_person, RecentFind.id.not_in(kept)))
