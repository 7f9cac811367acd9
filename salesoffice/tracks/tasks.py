"""What the scheduler wakes."""

from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep
from salesoffice.tracks.queries import list_contracts_without_tracks
from salesoffice.tracks.services import open_tracks


@sweep("tracks", seconds=600)
def begin_missing_tracks() -> int:
    """Begin the tracks of contracts that were verified before there were tracks; return how many."""
    with transaction() as session:
        contracts = list_contracts_without_tracks(session)
        for contract in contracts:
            open_tracks(session, contract, actor=SYSTEM)
    return len(contracts)
