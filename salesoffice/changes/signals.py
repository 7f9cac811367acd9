"""Who wants to know that a change of a sale is in force: its papers, for one, may say something else now."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor

ChangeListener = Callable[[Session, Any, Actor], None]
"""Takes the session, the `changes.models.Change` that was applied, and the person who made it so."""

_listeners: list[ChangeListener] = []


def on_change_applied(listener: ChangeListener) -> ChangeListener:
    """Register a function that is called in the transaction in which a change comes into force."""
    _listeners.append(listener)
    return listener


def tell_change_applied(session: Session, change: Any, actor: Actor) -> None:
    """Tell everybody who registered that a change is in force now."""
    for listener in _listeners:
        listener(session, change, actor)
