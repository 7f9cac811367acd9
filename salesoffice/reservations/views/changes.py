"""Cancelling and extending a subscription agreement."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.queries import current_project
from salesoffice.reservations.forms import CancelForm, ExtendSubscriptionForm
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import get_subscription_by_number
from salesoffice.reservations.services import cancel_subscription, extend_subscription
from salesoffice.reservations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem


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


def _load(number: str) -> Subscription:
    return get_subscription_by_number(db.session(), current_project().id, number)
