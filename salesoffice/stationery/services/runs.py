"""Print runs that arrive."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra.audit import record_change
from salesoffice.stationery.enums import FormKind, FormState
from salesoffice.stationery.models import NumberedForm, PrintRun
from salesoffice.stationery.rules import FormsOverlap, RunNumbers, check_run
from salesoffice.stationery.services.register import id_of, lock_register

_NUMBER_KEYS = ("uq_numbered_forms_project_id_kind_number", "numbered_forms.number")


@dataclass(frozen=True)
class RunDraft:
    """A delivery of printed forms as it is registered."""

    kind: FormKind
    numbers: RunNumbers
    received_on: date
    printer: str = ""


def receive_run(session: Session, project_id: int, *, actor: Actor, draft: RunDraft) -> PrintRun:
    """Register a delivery: each of its numbers becomes a form in stock.

    Refused: InvalidInput for numbers that make no run or a day in the future, FormsOverlap by the first number that
    is in the register already.
    """
    numbers = draft.numbers
    check_run(numbers)
    if draft.received_on > clock.business_today():
        message = _l("This day is in the future.")
        raise InvalidInput(message, [FieldProblem("received_on", message)])
    lock_register(session, project_id, draft.kind)
    printed = numbers.list_numbers()
    _check_new(session, project_id, draft.kind, printed)
    run = PrintRun(
        project_id=project_id,
        kind=draft.kind,
        prefix=numbers.prefix,
        first_number=numbers.first,
        last_number=numbers.last,
        digits=numbers.digits,
        printer=draft.printer,
        received_on=draft.received_on,
        received_at=clock.now(),
        received_by_id=id_of(actor),
    )
    session.add(run)
    session.flush()
    _add_forms(session, run, printed)
    after = {"kind": run.kind.value, "first": printed[0], "last": printed[-1], "count": numbers.count}
    record_change(session, run, "forms.received", actor, after=after)
    return run


def _check_new(session: Session, project_id: int, kind: FormKind, printed: list[str]) -> None:
    statement = select(NumberedForm.number).where(
        NumberedForm.project_id == project_id, NumberedForm.kind == kind, NumberedForm.number.in_(printed)
    )
    known = session.scalars(statement.order_by(NumberedForm.id).limit(1)).first()
    if known is not None:
        raise FormsOverlap(known)


def _add_forms(session: Session, run: PrintRun, printed: list[str]) -> None:
    rows = [
        {
            "project_id": run.project_id,
            "run_id": run.id,
            "kind": run.kind,
            "number": number,
            "state": FormState.RECEIVED,
            "changed_at": run.received_at,
            "changed_by_id": run.received_by_id,
        }
        for number in printed
    ]
    try:
        session.execute(insert(NumberedForm), rows)
    except IntegrityError as error:  # another run with such a number was registered at the same moment
        if any(key in str(error.orig) for key in _NUMBER_KEYS):
            raise FormsOverlap(printed[0]) from error
        raise
