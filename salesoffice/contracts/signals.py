"""Who wants to know that a contract was verified: what follows after signing begins then."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor

VerifiedListener = Callable[[Session, Any, Actor], None]
"""Takes the session, the `contracts.models.Contract` that was verified, and the second person."""

_listeners: list[VerifiedListener] = []


def on_verified(listener: VerifiedListener) -> VerifiedListener:
    """Register a function that is called in the transaction in which a contract is verified."""
    _listeners.append(listener)
    return listener


def tell_verified(session: Session, contract: Any, actor: Actor) -> None:
    """Tell everybody who registered that a contract is verified."""
    for listener in _listeners:
        listener(session, contract, actor)
