"""Tells the request which offers its transaction made, so that its page can carry the button."""

from flask import g, has_request_context
from sqlalchemy.orm import Session

from salesoffice.infra.db import before_commit
from salesoffice.undo.services import OFFERED


@before_commit
def tell_request(session: Session) -> None:
    """Keep the offers of a transaction for the answer to the request."""
    if has_request_context():
        g.undo_offers = list(session.info.get(OFFERED, ()))
