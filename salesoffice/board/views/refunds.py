"""Pages of refunds: asked for by one person, decided by another."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.board.views.money import Subject, act, ask, load_refund
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import get_deal_by_number
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _, _l
from salesoffice.payments.forms import ReasonForm, RefundForm
from salesoffice.payments.services import approve_refund, reject_refund, request_refund
from salesoffice.payments.views import bp as payments_bp
from salesoffice.webkit.access import current_actor, current_project_id, requires


@payments_bp.route("/p/<code>/deals/<number>/refund", methods=["GET", "POST"])
@requires(Permission.REFUND_REQUEST)
def refund(code: str, number: str) -> ResponseReturnValue:
    """Ask to give money back."""
    form = RefundForm()
    deal = get_deal_by_number(db.session(), current_project_id(), number)
    account = deal.account
    if account is None:
        raise WrongState(_l("No money has been received for this deal."))

    def change(session: Session) -> str:
        made = request_refund(
            session, account, actor=current_actor(), amount=form.amount.data or 0, reason=form.reason.data
        )
        return _("Refund %(number)s waits for a second person.", number=made.number)

    return ask(code, form, change, Subject(account.id), title=_("Ask for a refund"))


@payments_bp.route("/p/<code>/refunds/<int:refund_id>/approve", methods=["POST"])
@requires(Permission.REFUND_APPROVE)
def approve(code: str, refund_id: int) -> ResponseReturnValue:
    """Approve a refund."""
    found = load_refund(refund_id)

    def change(session: Session) -> str:
        approve_refund(session, found, actor=current_actor())
        return _("Refund %(number)s is approved.", number=found.number)

    return act(code, found.account_id, change)


@payments_bp.route("/p/<code>/refunds/<int:refund_id>/reject", methods=["GET", "POST"])
@requires(Permission.REFUND_APPROVE)
def reject(code: str, refund_id: int) -> ResponseReturnValue:
    """Reject a refund with a reason."""
    found, form = load_refund(refund_id), ReasonForm()

    def change(session: Session) -> str:
        reject_refund(session, found, actor=current_actor(), reason=form.reason.data)
        return _("Refund %(number)s is rejected.", number=found.number)

    return ask(
        code,
        form,
        change,
        Subject(found.account_id, found.number, found.amount),
        title=_("Reject the refund"),
    )
