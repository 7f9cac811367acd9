"""A page's form does its work once: a double click, or a reload after sending, gets the first answer again.

The form carries a `nonce` (`nonce_field()`); the view claims it first thing in its transaction and remembers the
address it sends the browser to.
"""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from wtforms import HiddenField

from salesoffice.core import clock
from salesoffice.infra.models import IdempotencyKey
from salesoffice.webkit.access import current_actor
from salesoffice.webkit.fields import at_most

_SEE_OTHER = 303


def nonce_field() -> HiddenField:
    """Return the hidden field that makes each shown form one of its kind."""
    return HiddenField(default=lambda: uuid4().hex, validators=[at_most(64)])


def claim_form(session: Session, nonce: str | None) -> IdempotencyKey:
    """Claim a form inside a transaction. A `body` that is not empty is the address the form led to before.

    Otherwise do the work and set `body` to the address. A form sent twice at once waits for the first.
    """
    claim = IdempotencyKey(
        actor_id=current_actor().id,
        key=f"form:{nonce or uuid4().hex}",
        fingerprint="",
        status=_SEE_OTHER,
        body="",
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(claim)
    except IntegrityError:
        statement = select(IdempotencyKey).where(
            IdempotencyKey.actor_id == claim.actor_id, IdempotencyKey.key == claim.key
        )
        return session.scalars(statement).one()
    return claim
