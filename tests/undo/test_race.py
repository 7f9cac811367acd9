"""A double click on the undo button, eight at once: one effect."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from salesoffice.core.errors import DomainError
from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.reservations.models import Hold
from salesoffice.reservations.services import place_hold, release_hold
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.services import take_back
from tests.factories import Office, make_office
from tests.support.races import open_app

CLICKS = 8


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_eight_clicks_at_once_hold_again_once(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    with open_app(request, tmp_path, kind) as app:
        office, offer_id = _release(app)
        barrier = threading.Barrier(CLICKS)

        def click(_number: int) -> str:
            barrier.wait(30)
            with app.app_context():
                try:
                    with transaction() as session:
                        offer = session.get_one(UndoOffer, offer_id)
                        take_back(session, offer, actor=office.actor(office.rep))
                except DomainError as refusal:
                    return refusal.code
                return "undone"

        with ThreadPoolExecutor(CLICKS) as pool:
            outcomes = Counter(pool.map(click, range(CLICKS)))

        with app.app_context():
            holds = db.session.scalar(select(func.count()).select_from(Hold))
            undone = db.session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "undo.taken")
            )
    assert outcomes == {"undone": 1, "undo_taken": CLICKS - 1}
    assert (holds, undone) == (2, 1)


def _release(app: Flask) -> tuple[Office, int]:
    with app.test_request_context(), transaction() as session:
        office = make_office(session)
        rep = office.actor(office.rep)
        release_hold(session, place_hold(session, office.units[0], actor=rep), actor=rep)
        offer = session.scalars(select(UndoOffer).order_by(UndoOffer.id.desc())).first()
        assert offer is not None
        return office, offer.id
