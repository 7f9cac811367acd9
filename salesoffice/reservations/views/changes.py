"""Cancelling and extending a subscription agreement, and its paper."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import may_view_deal
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file, store_file
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.reservations.documents import print_agreement
from salesoffice.reservations.forms import CancelForm, ExtendSubscriptionForm
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import get_subscription_by_number
from salesoffice.reservations.services import attach_agreement, cancel_subscription, extend_subscription
from salesoffice.reservations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem

PDF = "application/pdf"


@bp.route("/p/<code>/subscriptions/<number>/cancel", methods=["GET", "POST"])
@requires(Permission.SUBSCRIPTION_CANCEL)
def cancel(code: str, number: str) -> ResponseReturnValue:
    """Cancel a subscription agreement with a reason."""
    subscription, form, status = _load(number), CancelForm(), 200
    if form.is_submitted():
        if form.validate():
            try:
                with transaction() as session:
                    cancel_subscription(session, subscription, actor=current_actor(), reason=form.reason.data)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("Subscription agreement %(number)s was cancelled.", number=number), "success")
                return redirect(url_for("board.deal", code=code, number=subscription.deal.number))
        else:
            status = 422
    return render_template(
        "reservations/cancel.html", form=form, subscription=subscription, code=code
    ), status


@bp.route("/p/<code>/subscriptions/<number>/extend", methods=["GET", "POST"])
@requires(Permission.SUBSCRIPTION_CANCEL)
def extend_signing(code: str, number: str) -> ResponseReturnValue:
    """Move the last day for signing the contract to a later one."""
    subscription, form, status = _load(number), ExtendSubscriptionForm(), 200
    if form.is_submitted():
        if form.validate() and (day := form.sign_by.data) is not None:
            try:
                with transaction() as session:
                    extend_subscription(
                        session,
                        subscription,
                        actor=current_actor(),
                        sign_by_day=day,
                        reason=form.reason.data,
                    )
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The contract is now to be signed by %(day)s.", day=day.isoformat()), "success")
                return redirect(url_for("board.deal", code=code, number=subscription.deal.number))
        else:
            status = 422
    return render_template(
        "reservations/extend.html", form=form, subscription=subscription, code=code
    ), status


@bp.route("/p/<code>/subscriptions/<number>.pdf")
@requires(Permission.DEAL_VIEW)
def agreement(code: str, number: str) -> ResponseReturnValue:
    """Give out the printed agreement; whoever may not see certificate numbers gets a masked copy."""
    subscription, actor = _load(number), current_actor()
    if not may_view_deal(actor, subscription.deal):
        raise NotFound(_l("There is no such subscription agreement."))
    if not actor.can(Permission.CUSTOMER_REVEAL, subscription.project_id):
        masked = print_agreement(db.session(), subscription, is_masked=True)
        return _answer(masked, f"{code}-{number}-copy.pdf")
    if subscription.document_id is None:
        raise NotFound(
            _l("This agreement has not been made yet. Press “Make the agreement” on the page of the deal.")
        )
    stored = get_file(db.session(), subscription.document_id)
    return _answer(read_file(stored), f"{code}-{number}.pdf")


@bp.route("/p/<code>/subscriptions/<number>/agreement", methods=["POST"])
@requires(Permission.CUSTOMER_REVEAL)
def make_agreement(code: str, number: str) -> ResponseReturnValue:
    """Make the paper of an agreement once; of two at the same moment the first is kept."""
    subscription = _load(number)
    if not may_view_deal(current_actor(), subscription.deal):
        raise NotFound(_l("There is no such subscription agreement."))
    if subscription.document_id is None:
        data = print_agreement(db.session(), subscription, is_masked=False)
        with transaction() as session:
            stored = store_file(
                session, data, name=f"{number}.pdf", media_type=PDF, project_id=subscription.project_id
            )
            attach_agreement(session, subscription, stored, actor=current_actor())
    flash(_("The paper of agreement %(number)s is made and kept.", number=number), "success")
    return redirect(url_for("board.deal", code=code, number=subscription.deal.number))


def _load(number: str) -> Subscription:
    return get_subscription_by_number(db.session(), current_project().id, number)


def _answer(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.content_type = PDF
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
