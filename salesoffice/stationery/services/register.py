"""What every change of the register begins with: its runs locked; and how a form is moved."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.infra.db import lock_rows
from salesoffice.stationery.enums import FORM_STEPS, FormKind, FormState
from salesoffice.stationery.models import NumberedForm, PrintRun
from salesoffice.stationery.rules import FormNotMovable


def lock_register(session: Session, project_id: int, kind: FormKind) -> Sequence[PrintRun]:
    """Lock the runs of a kind, as a number series is locked: whoever takes one of their forms waits for the other."""
    statement = select(PrintRun).where(PrintRun.project_id == project_id, PrintRun.kind == kind)
    return lock_rows(session, statement.order_by(PrintRun.id))


def read_fresh(session: Session, form: NumberedForm) -> NumberedForm:
    """Lock the register of a form and return the form as it is now."""
    lock_register(session, form.project_id, form.kind)
    return session.get_one(NumberedForm, form.id, populate_existing=True)


def move_form(form: NumberedForm, state: FormState, actor: Actor) -> None:
    """Bring a form into a state that follows; refuses with FormNotMovable (`wrong_state`)."""
    if state not in FORM_STEPS[form.state]:
        raise FormNotMovable(form.number, form.state)
    form.state, form.changed_at, form.changed_by_id = state, clock.now(), actor.id
    if state is FormState.RECEIVED:
        form.holder_id = None


def id_of(actor: Actor) -> int:
    """Return the id of the person acting; the system keeps no register."""
    if actor.id is None:
        raise NotAllowed(_l("Forms are registered and issued by a person."))
    return actor.id
