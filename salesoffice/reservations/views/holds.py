"""Holding a unit, and the list of holds."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.rules import UnitTaken
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit_by_code
from salesoffice.pricing.queries import find_price_in_force
from salesoffice.projects.queries import current_project
from salesoffice.reservations.forms import ExtendHoldForm, HoldForm, customer_entry
from salesoffice.reservations.models import Hold
from salesoffice.reservations.queries import get_hold, list_choosable_customers, list_open_holds
from salesoffice.reservations.services import extend_hold, place_hold, release_hold
from salesoffice.reservations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.filters import moment
from salesoffice.webkit.forms import Problem, fill_problem


@bp.route("/p/<code>/holds")
@requires(Permission.HOLD_PLACE)
def holds(code: str) -> ResponseReturnValue:
    """Show the units held now: one's own, or all for whoever manages holds."""
    return _show_holds(code)


@bp.route("/p/<code>/units/<unit_code>/hold", methods=["GET", "POST"])
@requires(Permission.HOLD_PLACE)
def hold(code: str, unit_code: str) -> ResponseReturnValue:
    """Hold a unit; the page to choose customer and minutes, and where a refusal is shown."""
    project, actor, form = current_project(), current_actor(), HoldForm()
    unit = get_unit_by_code(db.session(), project.id, unit_code)
    customers = list_choosable_customers(db.session(), project.id, actor)
    status = 200
    if form.is_submitted():
        is_valid = form.validate()
        customer_id = form.read_customer(customers)
        if not is_valid or form.customer_id.errors:
            return _show_form(form, unit, 422)
        try:
            with transaction() as session:
                made = place_hold(
                    session, unit, actor=actor, customer_id=customer_id, minutes=form.minutes.data
                )
        except UnitTaken as error:
            if error.values.get("mine"):
                flash(_("You are holding this unit already."), "info")
                return redirect(url_for("board.unit", code=code, unit_code=unit_code))
            status = _refuse(form, error)
        except DomainError as error:
            status = _refuse(form, error)
        else:
            flash(_("The unit is held until %(moment)s.", moment=moment(made.expires_at)), "success")
            return redirect(url_for("board.unit", code=code, unit_code=unit_code))
    return _show_form(form, unit, status)


@bp.route("/p/<code>/holds/<int:hold_id>/extend", methods=["POST"])
@requires(Permission.HOLD_PLACE)
def extend(code: str, hold_id: int) -> ResponseReturnValue:
    """Let a hold last longer."""
    form = ExtendHoldForm()
    if not form.validate():
        return _show_holds(code, Problem(_l("Please enter a number of minutes.")), 422)

    def change(session: Session, found: Hold, actor: Actor) -> str:
        made = extend_hold(session, found, actor=actor, minutes=form.minutes.data)
        return _("The unit is held until %(moment)s.", moment=moment(made.expires_at))

    return _change(code, hold_id, change)


@bp.route("/p/<code>/holds/<int:hold_id>/release", methods=["POST"])
@requires(Permission.HOLD_PLACE)
def release(code: str, hold_id: int) -> ResponseReturnValue:
    """Give a held unit back."""

    def change(session: Session, found: Hold, actor: Actor) -> str:
        release_hold(session, found, actor=actor)
        return _("The hold was released; the unit is free again.")

    return _change(code, hold_id, change)


def _change(code: str, hold_id: int, change: Callable[[Session, Hold, Actor], str]) -> ResponseReturnValue:
    found = get_hold(db.session(), hold_id)
    if found.project_id != current_project().id:
        raise NotFound(_l("There is no such hold."))
    try:
        with transaction() as session:
            message = change(session, found, current_actor())
    except DomainError as error:
        return _show_holds(code, Problem(error.message), error.status)
    flash(message, "success")
    return redirect(url_for("reservations.holds", code=code))


def _refuse(form: HoldForm, error: DomainError) -> int:
    fill_problem(form, error)
    return error.status


def _show_form(form: HoldForm, unit: Unit, status: int) -> ResponseReturnValue:
    session, project, actor = db.session(), current_project(), current_actor()
    page = render_template(
        "reservations/hold.html",
        form=form,
        project=project,
        unit=unit,
        price=find_price_in_force(session, unit.id),
        entries=[customer_entry(entry) for entry in list_choosable_customers(session, project.id, actor)],
    )
    return page, status


def _show_holds(code: str, problem: Problem | None = None, status: int = 200) -> ResponseReturnValue:
    project = current_project()
    lines = list_open_holds(db.session(), project.id, current_actor())
    can_subscribe = current_actor().can(Permission.SUBSCRIPTION_SIGN, project.id)
    can_order = current_actor().can(Permission.PROVISIONAL_SIGN, project.id)
    page = render_template(
        "reservations/holds.html",
        lines=lines,
        project=project,
        code=code,
        problem=problem,
        can_subscribe=can_subscribe,
        can_order=can_order,
    )
    return page, status
