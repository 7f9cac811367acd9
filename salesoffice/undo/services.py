"""Offering to take a cheap action back, and doing it: within ten minutes, once, by the same person."""

import json
from collections.abc import Mapping
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed, NotFound
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.rules import UndoChanged, UndoTaken, UndoTooLate
from salesoffice.undo.signals import find_way

UNDO_WITHIN = timedelta(minutes=10)
OFFERED = "undo_offered"
"""Where a session keeps the ids of the offers made in its transaction."""

_UNDOING = "undo_running"


def offer(
    session: Session,
    *,
    project_id: int,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: int,
    data: Mapping[str, object],
) -> UndoOffer | None:
    """Offer the person to take an action back for ten minutes.

    `data` is what undoing needs (JSON); `data["name"]` is what people call the thing (a unit's code, a number). None
    for the system, and for what is itself done while something is taken back.
    """
    if actor.id is None or session.info.get(_UNDOING):
        return None
    now = clock.now()
    made = UndoOffer(
        project_id=project_id,
        actor_id=actor.id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        data=json.dumps(data, ensure_ascii=False),
        done_at=now,
        expires_at=now + UNDO_WITHIN,
    )
    session.add(made)
    session.flush()
    session.info.setdefault(OFFERED, []).append(made.id)
    return made


def take_back(session: Session, offer: UndoOffer, *, actor: Actor) -> UndoOffer:
    """Take an action back.

    Refused: NotAllowed for another person and for one whose role no longer permits it, UndoTaken the second time,
    UndoTooLate after ten minutes, UndoChanged when the thing is no longer as it was left.
    """
    found = lock_rows(session, select(UndoOffer).where(UndoOffer.id == offer.id))
    if not found:
        raise NotFound(_l("There is nothing to undo here."))
    offer = found[0]
    way = find_way(offer.action)
    if offer.actor_id != actor.id:
        raise NotAllowed(_l("Only the person who did this may undo it."))
    if way.permission is not None and not actor.can(way.permission, offer.project_id):
        raise NotAllowed(_l("Your role does not permit this any more."))
    if offer.undone_at is not None:
        raise UndoTaken
    if clock.now() > offer.expires_at:
        raise UndoTooLate
    session.info[_UNDOING] = True
    try:
        way.handler(session, offer, actor)
    except UndoChanged:
        raise
    except DomainError as refusal:
        raise UndoChanged(refusal) from refusal
    finally:
        session.info.pop(_UNDOING, None)
    offer.undone_at = clock.now()
    session.flush()
    after = {"action": offer.action, "kind": offer.subject_kind, "id": offer.subject_id}
    audit.record_change(session, offer, "undo.taken", actor, after=after)
    return offer
