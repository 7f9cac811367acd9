"""The waiting list behind a unit, and the list of everybody who waits."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import UnitState
from salesoffice.deals.queries import unit_state
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit, get_unit_by_code
from salesoffice.projects.queries import current_project
from salesoffice.reservations.forms import JoinForm, customer_entry
from salesoffice.reservations.queries import (
    get_entry,
    list_choosable_customers,
    list_waiting,
    list_waiting_of_unit,
)
from salesoffice.reservations.services import join_waiting_list, leave_waiting_list
from salesoffice.reservations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import Problem, fill_problem


@bp.route("/p/<code>/waiting")
@requires(Permission.WAITING_JOIN)
def waiting(code: str) -> ResponseReturnValue:
    """Show the customers who wait for a unit: one's own, or all for whoever manages holds."""
    lines = list_waiting(db.session(), current_project().id, current_actor())
    return render_template("reservations/waiting.html", lines=lines, project=current_project(), code=code)


@bp.route("/p/<code>/units/<unit_code>/waiting", methods=["GET", "POST"])
@requires(Permission.WAITING_JOIN)
def join(code: str, unit_code: str) -> ResponseReturnValue:
    """Show who waits for a unit, and put a customer at the end of its list."""
    form = JoinForm()
    unit = get_unit_by_code(db.session(), current_project().id, unit_code)
    if not form.is_submitted():
        return _show(form, unit)
    customers = list_choosable_customers(db.session(), unit.project_id, current_actor())
    is_valid = form.validate()
    customer_id = form.read_customer(customers)
    if not is_valid or form.customer_id.errors or customer_id is None:
        return _show(form, unit, 422)
    try:
        with transaction() as session:
            join_waiting_list(
                session, unit, actor=current_actor(), customer_id=customer_id, note=form.note.data or ""
            )
    except DomainError as error:
        fill_problem(form, error)
        return _show(form, unit, error.status)
    flash(_("The customer is on the waiting list."), "success")
    return redirect(url_for("reservations.join", code=code, unit_code=unit_code))


@bp.route("/p/<code>/waiting/<int:entry_id>/leave", methods=["POST"])
@requires(Permission.WAITING_JOIN)
def leave(code: str, entry_id: int) -> ResponseReturnValue:
    """Take a customer off a waiting list."""
    entry = get_entry(db.session(), entry_id)
    if entry.project_id != current_project().id:
        raise NotFound(_l("There is no such place on a waiting list."))
    unit = get_unit(db.session(), entry.unit_id)
    try:
        with transaction() as session:
            leave_waiting_list(session, entry, actor=current_actor())
    except DomainError as error:
        form = JoinForm(formdata=None)
        form.problem = Problem(error.message)
        return _show(form, unit, error.status)
    flash(_("The customer is off the waiting list."), "success")
    return redirect(url_for("reservations.join", code=code, unit_code=unit.code))


def _show(form: JoinForm, unit: Unit, status: int = 200) -> ResponseReturnValue:
    session, project, actor = db.session(), current_project(), current_actor()
    state = unit_state(session, unit)
    page = render_template(
        "reservations/unit_waiting.html",
        form=form,
        project=project,
        unit=unit,
        state=state,
        is_free=state is UnitState.AVAILABLE,
        lines=list_waiting_of_unit(session, unit, actor),
        entries=[customer_entry(entry) for entry in list_choosable_customers(session, project.id, actor)],
    )
    return page, status
