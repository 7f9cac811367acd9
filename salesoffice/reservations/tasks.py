"""What the scheduler wakes."""

from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep
from salesoffice.reservations.documents import queue_offer_mail
from salesoffice.reservations.services import (
    expire_holds,
    list_offerable_unit_ids,
    offer_unit,
    settle_offers,
)


@sweep("holds", seconds=15)
def expire_all() -> int:
    """Close every expired hold, a few hundred per transaction; return how many."""
    closed = 0
    while True:
        with transaction() as session:
            count = expire_holds(session)
        closed += count
        if count == 0:
            return closed


@sweep("waiting", seconds=15)
def offer_all() -> int:
    """Write down how offers ended, and offer every unit that has become free to the first who waits; return how many."""
    with transaction() as session:
        settle_offers(session)
    with transaction() as session:
        unit_ids = list_offerable_unit_ids(session)
    offered = 0
    for unit_id in unit_ids:
        with transaction() as session:
            entry = offer_unit(session, unit_id)
            if entry is not None:
                queue_offer_mail(session, entry)
                offered += 1
    return offered
