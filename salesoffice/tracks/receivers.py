"""What follows when a contract is verified."""

from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.signals import on_verified
from salesoffice.core.permissions import Actor
from salesoffice.tracks.services import open_tracks


@on_verified
def begin_tracks(session: Session, contract: Contract, actor: Actor) -> None:
    """Begin what follows after signing."""
    open_tracks(session, contract, actor=actor)
