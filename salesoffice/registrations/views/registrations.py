"""Registering, one registration with its money, giving it back, renaming it, carrying its money over, its slip."""

from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.customers.queries import name_users
from salesoffice.deals.queries import get_deal_by_number
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.payments.enums import AccountState, ReceiptKind
from salesoffice.payments.forms import ReasonForm, RefundForm
from salesoffice.payments.queries import report_account
from salesoffice.payments.services import record_receipt, request_refund
from salesoffice.projects.queries import current_project
from salesoffice.registrations.documents import draw_slip
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.forms import EarnestForm, RegisterForm, RenameForm
from salesoffice.registrations.models import Registration
from salesoffice.registrations.queries import (
    get_registration,
    list_categories,
    may_name,
    may_view_registration,
    no_registration,
)
from salesoffice.registrations.services import convert as convert_registration
from salesoffice.registrations.services import give_back as give_registration_back
from salesoffice.registrations.services import register
from salesoffice.registrations.services import rename as rename_registration
from salesoffice.registrations.views.blueprint import bp
from salesoffice.registrations.views.lists import send_file
from salesoffice.reservations.forms import customer_entry
from salesoffice.reservations.queries import list_choosable_customers
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import BaseForm, Problem, fill_problem

PDF = "application/pdf"


@bp.route("/p/<code>/registrations/new", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def new(code: str) -> ResponseReturnValue:
    """Register a customer's interest."""
    session, project, form = db.session(), current_project(), RegisterForm()
    categories = list_categories(session, project.id)
    form.offer_categories(categories)
    form.customers = list_choosable_customers(session, project.id, current_actor())
    status = 200
    if form.is_submitted():
        is_valid = form.validate()
        chosen = next((item for item in categories if item.id == form.category_id.data), None)
        if not is_valid or chosen is None:
            status = 422
        else:
            try:
                with transaction() as writing:
                    made = register(
                        writing,
                        chosen,
                        actor=current_actor(),
                        customer_id=form.chosen,
                        registered_on=form.registered_on.data or clock.business_today(),
                        wants=form.wants.data or "",
                    )
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("Registered: %(number)s.", number=made.number), "success")
                return redirect(url_for("registrations.show", code=code, registration_id=made.id))
    else:
        form.registered_on.data = clock.business_today()
    page = render_template(
        "registrations/new.html",
        code=code,
        form=form,
        categories=categories,
        entries=[customer_entry(customer) for customer in form.customers],
    )
    return page, status


@bp.route("/p/<code>/registrations/<int:registration_id>")
@requires(Permission.REGISTRATION_VIEW)
def show(code: str, registration_id: int) -> ResponseReturnValue:
    """Show a registration with its money."""
    return _show(code, _load(registration_id))


@bp.route("/p/<code>/registrations/<int:registration_id>/receipts", methods=["POST"])
@requires(Permission.RECEIPT_RECORD)
def record(code: str, registration_id: int) -> ResponseReturnValue:
    """Record earnest money that reached the office."""
    found, form = _load(registration_id), EarnestForm()
    if not form.validate():
        return _show(code, found, form=form, status=422)
    try:
        with transaction() as session:
            receipt = record_receipt(
                session,
                found.account,
                actor=current_actor(),
                kind=ReceiptKind.EARNEST_MONEY,
                method=form.method.data,
                amount=form.amount.data or 0,
                received_on=form.received_on.data or clock.business_today(),
                slip_no=form.slip_no.data or "",
                payer=form.payer.data or "",
            )
    except DomainError as error:
        fill_problem(form, error)
        return _show(code, found, form=form, status=error.status)
    flash(_("Receipt %(number)s is recorded. Finance confirms it now.", number=receipt.number), "success")
    return redirect(url_for("registrations.show", code=code, registration_id=found.id) + "#money")


@bp.route("/p/<code>/registrations/<int:registration_id>/give-back", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def give_back(code: str, registration_id: int) -> ResponseReturnValue:
    """End a registration and ask for the refund of its money."""
    found, form = _load(registration_id), ReasonForm()

    def change(session: Session) -> str:
        give_registration_back(session, found, actor=current_actor(), reason=form.reason.data)
        return _("Registration %(number)s is given back.", number=found.number)

    return _ask(code, found, form, change, "registrations/give_back.html")


@bp.route("/p/<code>/registrations/<int:registration_id>/rename", methods=["GET", "POST"])
@requires(Permission.REGISTRATION_EDIT)
def rename(code: str, registration_id: int) -> ResponseReturnValue:
    """Put another customer in the place of a registration's."""
    found, form = _load(registration_id), RenameForm()
    form.customers = list_choosable_customers(db.session(), found.project_id, current_actor())

    def change(session: Session) -> str:
        rename_registration(
            session, found, actor=current_actor(), customer_id=form.chosen, reason=form.reason.data
        )
        return _("Registration %(number)s has another customer now.", number=found.number)

    entries = [customer_entry(customer) for customer in form.customers]
    return _ask(code, found, form, change, "registrations/rename.html", entries=entries)


@bp.route("/p/<code>/registrations/<int:registration_id>/refund", methods=["GET", "POST"])
@requires(Permission.REFUND_REQUEST)
def refund(code: str, registration_id: int) -> ResponseReturnValue:
    """Ask to give earnest money back that is still there."""
    found, form = _load(registration_id), RefundForm()

    def change(session: Session) -> str:
        made = request_refund(
            session,
            found.account,
            actor=current_actor(),
            amount=form.amount.data or 0,
            reason=form.reason.data,
        )
        return _("Refund %(number)s waits for a second person.", number=made.number)

    return _ask(code, found, form, change, "registrations/refund.html")


@bp.route("/p/<code>/registrations/<int:registration_id>/convert", methods=["POST"])
@requires(Permission.REGISTRATION_EDIT)
def convert(code: str, registration_id: int) -> ResponseReturnValue:
    """Carry the earnest money over to the sale that the button stands on."""
    found = _load(registration_id)
    try:
        with transaction() as session:
            deal = get_deal_by_number(session, found.project_id, request.form.get("deal", "").strip()[:40])
            convert_registration(session, found, deal, actor=current_actor())
    except DomainError as error:
        if found.state is RegistrationState.CONVERTED and found.deal is not None:
            flash(_("This earnest money has been carried over already."), "info")
            return redirect(url_for("board.deal", code=code, number=found.deal.number) + "#money")
        return _show(code, _load(registration_id), problem=Problem(error.message), status=error.status)
    flash(_("The earnest money of %(number)s is now part of the deposit.", number=found.number), "success")
    return redirect(url_for("board.deal", code=code, number=deal.number) + "#money")


@bp.route("/p/<code>/registrations/<int:registration_id>/slip.pdf")
@requires(Permission.REGISTRATION_VIEW)
def slip(code: str, registration_id: int) -> ResponseReturnValue:
    """Print the slip; whoever may not read the customer's name gets it masked."""
    found = _load(registration_id)
    is_named = may_name(current_actor(), found.project_id, found.rep_id)
    data = draw_slip(
        db.session(),
        found,
        current_project(),
        base_url=current_app.config["BASE_URL"],
        is_masked=not is_named,
    )
    return send_file(data, f"{code}-{found.id}.pdf", PDF)


def _load(registration_id: int) -> Registration:
    found = get_registration(db.session(), registration_id)
    if found.project_id != current_project().id or not may_view_registration(current_actor(), found):
        raise no_registration()
    return found


def _ask(
    code: str,
    found: Registration,
    form: BaseForm,
    change: Callable[[Session], str],
    template: str,
    **more: object,
) -> ResponseReturnValue:
    """Show the form that a change needs, or do it and go to the registration."""
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    done = change(session)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(done, "success")
                return redirect(url_for("registrations.show", code=code, registration_id=found.id))
    return render_template(template, code=code, form=form, registration=found, **more), status


def _show(
    code: str,
    found: Registration,
    *,
    form: EarnestForm | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor, today = db.session(), current_actor(), clock.business_today()
    report = report_account(session, found.account, today)
    people = [found.rep_id, found.entered_by_id, found.ended_by_id]
    people += [person for row in report.receipts for person in (row.recorded_by_id, row.confirmed_by_id)]
    people += [person for row in report.refunds for person in (row.requested_by_id, row.decided_by_id)]
    page = render_template(
        "registrations/show.html",
        code=code,
        project=current_project(),
        registration=found,
        report=report,
        names=name_users(session, people),
        is_named=may_name(actor, found.project_id, found.rep_id),
        is_active=found.state is RegistrationState.ACTIVE,
        takes_money=report.account.state is AccountState.OPEN,
        form=form or EarnestForm(formdata=None, received_on=today, amount=_missing(found)),
        problem=problem,
        can=lambda permission: actor.can(Permission(permission), found.project_id),
        may_confirm=lambda receipt: (
            receipt.state.value == "recorded"
            and receipt.recorded_by_id != actor.id
            and actor.can(Permission.RECEIPT_CONFIRM, found.project_id)
        ),
        actor_id=actor.id,
    )
    return page, status


def _missing(found: Registration) -> int | None:
    """Return what is missing of the agreed earnest money, None when it is all there."""
    missing = found.account.total_amount - found.account.received_amount
    return missing if missing > 0 else None
