"""Ordering a unit provisionally, the list of such orders, and cancelling one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.core.text import mask_name
from salesoffice.deals.queries import may_view_deal
from salesoffice.deals.rules import UnitTaken
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit_by_code
from salesoffice.pricing.queries import find_price_in_force
from salesoffice.projects.queries import current_project
from salesoffice.reservations.forms import CancelForm, OrderForm, customer_entry
from salesoffice.reservations.models import Hold, ProvisionalOrder
from salesoffice.reservations.queries import (
    find_open_hold,
    find_open_order,
    get_order_by_number,
    list_choosable_customers,
    select_order_rows,
)
from salesoffice.reservations.services import cancel_provisional, sign_provisional
from salesoffice.reservations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.filters import moment
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate_rows


@bp.route("/p/<code>/provisional-orders")
@requires(Permission.DEAL_VIEW)
def orders(code: str) -> ResponseReturnValue:
    """List the provisional orders in force, or all that have ended."""
    actor, project_id = current_actor(), current_project_id()
    is_open = request.args.get("show") != "ended"
    statement = select_order_rows(project_id, actor, is_open=is_open)
    page = paginate_rows(statement, page_number(request.args.get("page")))
    sees_all = actor.can(Permission.CUSTOMER_VIEW_ALL, project_id)
    names = [
        row.customer_name
        if sees_all or row.ProvisionalOrder.rep_id == actor.id
        else mask_name(row.customer_name)
        for row in page.items
    ]
    return render_template(
        "reservations/orders.html",
        code=code,
        page=page,
        names=names,
        is_open=is_open,
        can_sign=actor.can(Permission.PROVISIONAL_SIGN, project_id),
        can_hold=actor.can(Permission.HOLD_PLACE, project_id),
        can_subscribe=actor.can(Permission.SUBSCRIPTION_SIGN, project_id),
    )


@bp.route("/p/<code>/units/<unit_code>/order", methods=["GET", "POST"])
@requires(Permission.PROVISIONAL_SIGN)
def order(code: str, unit_code: str) -> ResponseReturnValue:
    """Order a unit provisionally, free or held."""
    session, project, form = db.session(), current_project(), OrderForm()
    unit = get_unit_by_code(session, project.id, unit_code)
    hold = find_open_hold(session, unit.id)
    customers = list_choosable_customers(session, project.id, current_actor())
    if not form.is_submitted():
        form.signed_on.data = clock.business_today()
        form.customer_id.data = customer_entry(hold.customer) if hold and hold.customer else None
        return _show_form(form, unit, hold, 200)
    is_valid, customer_id = form.validate(), form.read_customer(customers)
    if not is_valid or form.customer_id.errors:
        return _show_form(form, unit, hold, 422)
    try:
        with transaction() as writing:
            made = sign_provisional(
                writing,
                hold or unit,
                actor=current_actor(),
                customer_id=customer_id or 0,
                amount=form.amount.data or 0,
                signed_on=form.signed_on.data or clock.business_today(),
                days=form.days.data,
            )
    except DomainError as error:
        same = _find_same(unit, customer_id, form) if isinstance(error, UnitTaken) else None
        if same is not None:
            flash(_("This order has been signed already."), "info")
            return redirect(url_for("board.deal", code=code, number=same.deal.number))
        fill_problem(form, error)
        return _show_form(form, unit, hold, error.status)
    until = moment(made.expires_at)
    flash(
        _(
            "Provisional order %(number)s was signed; it lasts until %(moment)s.",
            number=made.number,
            moment=until,
        ),
        "success",
    )
    return redirect(url_for("board.deal", code=code, number=made.deal.number))


@bp.route("/p/<code>/provisional-orders/<number>/cancel", methods=["GET", "POST"])
@requires(Permission.PROVISIONAL_SIGN)
def cancel_order(code: str, number: str) -> ResponseReturnValue:
    """Cancel a provisional order with a reason; its money is to be paid back."""
    found, form, status = get_order_by_number(db.session(), current_project().id, number), CancelForm(), 200
    if not may_view_deal(current_actor(), found.deal):
        raise NotFound(_l("There is no such provisional order."))
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    cancel_provisional(session, found, actor=current_actor(), reason=form.reason.data)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(
                    _("Provisional order %(number)s was cancelled; the unit is free again.", number=number),
                    "success",
                )
                return redirect(url_for("board.deal", code=code, number=found.deal.number))
    return render_template("reservations/cancel_order.html", form=form, order=found, code=code), status


def _find_same(unit: Unit, customer_id: int | None, form: OrderForm) -> ProvisionalOrder | None:
    """Find the order that the same form signed a moment ago: a double click is no refusal."""
    found = find_open_order(db.session(), unit.id)
    if found is None or found.entered_by_id != current_actor().id:
        return None
    is_same = (found.customer_id, found.amount) == (customer_id, form.amount.data)
    return found if is_same else None


def _show_form(form: OrderForm, unit: Unit, hold: Hold | None, status: int) -> ResponseReturnValue:
    session, project = db.session(), current_project()
    price = find_price_in_force(session, unit.id)
    kept = hold or price
    customers = list_choosable_customers(session, project.id, current_actor())
    page = render_template(
        "reservations/order.html",
        form=form,
        project=project,
        unit=unit,
        hold=hold,
        list_total=kept.list_total_amount if kept else None,
        entries=[customer_entry(customer) for customer in customers],
    )
    return page, status
