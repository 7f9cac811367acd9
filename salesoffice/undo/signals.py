"""How a cheap action is taken back is known by the feature that did it; this is where it says so.

@takes_back("hold.released", label=_l("Hold released"), permission=Permission.HOLD_PLACE)
def hold_again(session, offer, actor): ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core.errors import Text
from salesoffice.core.permissions import Actor, Permission

UndoHandler = Callable[[Session, Any, Actor], None]
"""Takes the session, the `undo.models.UndoOffer` and the person; refuses by DomainError what is no longer as it was."""


@dataclass(frozen=True)
class Way:
    """How actions of one name are taken back, what people call them, and what the person must still be allowed to."""

    handler: UndoHandler
    label: Text
    permission: Permission | None


_ways: dict[str, Way] = {}


def takes_back(
    action: str, *, label: Text | None = None, permission: Permission | None = None
) -> Callable[[UndoHandler], UndoHandler]:
    """Register the function that takes an action back; one per action."""

    def register(handler: UndoHandler) -> UndoHandler:
        _ways[action] = Way(handler, action if label is None else label, permission)
        return handler

    return register


def find_way(action: str) -> Way:
    """Return how an action is taken back; KeyError where nobody registered it."""
    return _ways[action]
