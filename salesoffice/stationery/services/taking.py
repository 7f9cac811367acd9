"""Forms that a document takes: reserved by a draft, used by what is signed, given back, spoilt."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import FieldProblem, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra.audit import record_change
from salesoffice.staff.queries import get_user
from salesoffice.stationery.enums import TAKEN_STATES, FormKind, FormState
from salesoffice.stationery.models import NumberedForm
from salesoffice.stationery.rules import (
    FormIssuedToOther,
    FormsExhausted,
    FormSpoilt,
    FormUnknown,
    FormUsed,
)
from salesoffice.stationery.services.register import lock_register, move_form, read_fresh
from salesoffice.stationery.signals import find_documents

_REASON_LENGTH = 200


def choose_form(
    session: Session, *, project_id: int, kind: FormKind, actor: Actor, number: str = ""
) -> NumberedForm | None:
    """Choose the form a document may take, and keep the register locked; None when the project has no register.

    Without a number: the lowest of the forms issued to the person, then the lowest in stock. Refused: `form_unknown`,
    `form_used` (naming by what), `form_spoilt`, `form_issued_to` another person, `forms_exhausted`.
    """
    if not lock_register(session, project_id, kind):
        return None
    if number:
        return _check_wanted(session, project_id, kind, number, actor)
    return _find_next(session, project_id, kind, actor)


def take_form(
    session: Session,
    *,
    project_id: int,
    kind: FormKind,
    actor: Actor,
    subject_kind: str,
    subject_id: int,
    number: str = "",
) -> NumberedForm | None:
    """Reserve a form for a document, None when the project has no register; chosen and refused as in `choose_form`.

    Two who take at once never get the same form: the register is locked, and the database refuses to give a form that
    is reserved or used to another document.
    """
    form = choose_form(session, project_id=project_id, kind=kind, actor=actor, number=number)
    if form is None:
        return None
    move_form(form, FormState.RESERVED, actor)
    form.subject_kind, form.subject_id = subject_kind, subject_id
    session.flush()
    record_change(session, form, "form.reserved", actor, after={"number": form.number})
    return form


def use_form(session: Session, form: NumberedForm, *, actor: Actor) -> NumberedForm:
    """Note that the document of a reserved form was signed; FormNotMovable (`wrong_state`) unless it is reserved."""
    form = read_fresh(session, form)
    move_form(form, FormState.USED, actor)
    session.flush()
    record_change(session, form, "form.used", actor, after={"number": form.number})
    return form


def give_back_form(session: Session, form: NumberedForm, *, actor: Actor) -> NumberedForm:
    """Put the form of a discarded draft back to the person it was issued to, or into stock.

    Refused with WrongState unless it is reserved.
    """
    form = read_fresh(session, form)
    if form.state is not FormState.RESERVED:
        raise WrongState(_l("Form %(number)s is not reserved by a draft.", number=form.number))
    move_form(form, FormState.ISSUED if form.holder_id else FormState.RECEIVED, actor)
    form.subject_kind, form.subject_id = "", None
    session.flush()
    record_change(session, form, "form.given_back", actor, after={"number": form.number})
    return form


def spoil_form(
    session: Session, form: NumberedForm, *, actor: Actor, reason: str, is_discarded: bool = False
) -> NumberedForm:
    """Take a form out of use for good, with a reason; one that was used keeps its document.

    Refused: InvalidInput without a reason, WrongState when it is spoilt already, or reserved by a draft unless that
    draft is being discarded (`is_discarded`).
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= _REASON_LENGTH:
        message = _l("Give a reason of at most %(count)s characters.", count=_REASON_LENGTH)
        raise InvalidInput(message, [FieldProblem("reason", message)], code="reason_missing")
    form = read_fresh(session, form)
    if form.state is FormState.RESERVED and not is_discarded:
        raise WrongState(
            _l(
                "Form %(number)s is reserved by a draft. Enter the draft with another number or discard it first.",
                number=form.number,
            )
        )
    before = {"state": form.state.value}
    move_form(form, FormState.SPOILT, actor)
    form.spoilt_reason = reason
    session.flush()
    after = {"number": form.number, "reason": reason}
    record_change(session, form, "form.spoilt", actor, before=before, after=after)
    return form


def _check_wanted(
    session: Session, project_id: int, kind: FormKind, number: str, actor: Actor
) -> NumberedForm:
    statement = (
        select(NumberedForm)
        .where(
            NumberedForm.project_id == project_id, NumberedForm.kind == kind, NumberedForm.number == number
        )
        .execution_options(populate_existing=True)
    )
    form = session.scalars(statement).one_or_none()
    if form is None:
        raise FormUnknown(number)
    if form.state is FormState.SPOILT:
        raise FormSpoilt(number, form.spoilt_reason)
    if form.state in TAKEN_STATES:
        raise _build_used(session, form)
    if form.holder_id is not None and form.holder_id != actor.id:
        raise FormIssuedToOther(number, get_user(session, form.holder_id).name)
    return form


def _build_used(session: Session, form: NumberedForm) -> FormUsed:
    subject = (form.subject_kind, form.subject_id or 0)
    facts = find_documents(session, {subject}).get(subject)
    if facts is None:
        return FormUsed(form.number, form.state.label)
    what = _l("%(document)s of deal %(deal)s", document=facts.name, deal=facts.deal_number)
    return FormUsed(form.number, what)


def _find_next(session: Session, project_id: int, kind: FormKind, actor: Actor) -> NumberedForm:
    lowest = (
        select(NumberedForm)
        .where(NumberedForm.project_id == project_id, NumberedForm.kind == kind)
        .order_by(func.length(NumberedForm.number), NumberedForm.number)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    own = lowest.where(NumberedForm.state == FormState.ISSUED, NumberedForm.holder_id == actor.id)
    found = session.scalars(own).first()
    if found is None:
        found = session.scalars(lowest.where(NumberedForm.state == FormState.RECEIVED)).first()
    if found is None:
        raise FormsExhausted(kind)
    return found
