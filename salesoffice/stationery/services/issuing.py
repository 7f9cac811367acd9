"""Forms that are given to a person, and come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra.audit import record_change
from salesoffice.stationery.enums import FormKind, FormState
from salesoffice.stationery.models import NumberedForm
from salesoffice.stationery.queries import list_people
from salesoffice.stationery.rules import MAX_RUN, FormNotMovable, FormUnknown, TooFewForms
from salesoffice.stationery.services.register import id_of, lock_register, move_form


@dataclass(frozen=True)
class FormChoice:
    """Which forms: the first `count` ones, or those from number `first` to `last` (only `first`: one form)."""

    kind: FormKind
    count: int = 0
    first: str = ""
    last: str = ""


def issue_forms(
    session: Session, project_id: int, *, actor: Actor, choice: FormChoice, holder_id: int
) -> Sequence[NumberedForm]:
    """Give forms in stock to a person of the project; all or none.

    Refused: InvalidInput for a person of another project or a choice that names no forms, TooFewForms, FormUnknown,
    and FormNotMovable by the first number of a range that is not in stock.
    """
    people = list_people(session, project_id)
    if holder_id not in people:
        message = _l("This person does not belong to the project.")
        raise InvalidInput(message, [FieldProblem("holder_id", message)])
    id_of(actor)
    lock_register(session, project_id, choice.kind)
    forms = _choose(session, project_id, choice)
    for form in forms:
        move_form(form, FormState.ISSUED, actor)
        form.holder_id = holder_id
    _record(session, forms, "forms.issued", actor, holder=people[holder_id])
    return forms


def return_forms(
    session: Session, project_id: int, *, actor: Actor, choice: FormChoice
) -> Sequence[NumberedForm]:
    """Put issued forms from number `first` to `last` back into stock; all or none.

    Refused: FormUnknown, and FormNotMovable by the first number that is not issued.
    """
    id_of(actor)
    lock_register(session, project_id, choice.kind)
    forms = _list_range(session, project_id, choice)
    for form in forms:
        if form.state is not FormState.ISSUED:
            raise FormNotMovable(form.number, form.state)
        move_form(form, FormState.RECEIVED, actor)
    _record(session, forms, "forms.returned", actor)
    return forms


def _choose(session: Session, project_id: int, choice: FormChoice) -> Sequence[NumberedForm]:
    if choice.first:
        forms = _list_range(session, project_id, choice)
        for form in forms:
            if form.state is not FormState.RECEIVED:
                raise FormNotMovable(form.number, form.state)
        return forms
    if not 1 <= choice.count <= MAX_RUN:
        message = _l("Say how many forms, or which is the first number.")
        raise InvalidInput(message, [FieldProblem("count", message)])
    statement = (
        select(NumberedForm)
        .where(
            NumberedForm.project_id == project_id,
            NumberedForm.kind == choice.kind,
            NumberedForm.state == FormState.RECEIVED,
        )
        .order_by(func.length(NumberedForm.number), NumberedForm.number)
        .limit(choice.count)
        .execution_options(populate_existing=True)
    )
    forms = session.scalars(statement).all()
    if len(forms) < choice.count:
        raise TooFewForms(len(forms))
    return forms


def _list_range(session: Session, project_id: int, choice: FormChoice) -> Sequence[NumberedForm]:
    first = _find(session, project_id, choice.kind, choice.first)
    last = _find(session, project_id, choice.kind, choice.last or choice.first)
    if first.run_id != last.run_id or last.id < first.id:
        message = _l("First and last number must belong to one print run, in this order.")
        raise InvalidInput(message, [FieldProblem("last", message)])
    statement = (
        select(NumberedForm)
        .where(NumberedForm.run_id == first.run_id, NumberedForm.id.between(first.id, last.id))
        .order_by(NumberedForm.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).all()


def _find(session: Session, project_id: int, kind: FormKind, number: str) -> NumberedForm:
    statement = select(NumberedForm).where(
        NumberedForm.project_id == project_id, NumberedForm.kind == kind, NumberedForm.number == number
    )
    form = session.scalars(statement).one_or_none()
    if form is None:
        raise FormUnknown(number)
    return form


def _record(
    session: Session, forms: Sequence[NumberedForm], action: str, actor: Actor, **more: object
) -> None:
    after = {"first": forms[0].number, "last": forms[-1].number, "count": len(forms), **more}
    record_change(session, forms[0].run, action, actor, after={"kind": forms[0].kind.value, **after})
