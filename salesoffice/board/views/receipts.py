"""Pages of receipts: to confirm, to refuse, to reverse; and what is overdue."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.board.queries.receipts import list_overdue
from salesoffice.board.views.money import Subject, act, ask, load_receipt, may_name_all, show_list
from salesoffice.core import clock
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _
from salesoffice.payments.forms import ReasonForm
from salesoffice.payments.queries import age_receivables
from salesoffice.payments.services import carry_to_deposit, confirm_receipt, refuse_receipt, reverse_receipt
from salesoffice.payments.views import bp as payments_bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires


@payments_bp.route("/p/<code>/receipts")
@requires(Permission.DEAL_VIEW_ALL)
def receipts(code: str) -> ResponseReturnValue:
    """List the receipts of a project, those that wait for finance first."""
    return show_list(code)


@payments_bp.route("/p/<code>/receivables")
@requires(Permission.DEAL_VIEW_ALL)
def receivables(code: str) -> ResponseReturnValue:
    """List what is overdue, for how long, and the late fee as information."""
    project, today = current_project(), clock.business_today()
    rows = list_overdue(db.session(), project, today)
    return render_template(
        "payments/receivables.html",
        code=code,
        project=project,
        today=today,
        rows=rows,
        bands=age_receivables(row.money for row in rows),
        total=sum(row.money.open_amount for row in rows),
        sees_names=may_name_all(),
    )


@payments_bp.route("/p/<code>/receipts/<int:receipt_id>/confirm", methods=["POST"])
@requires(Permission.RECEIPT_CONFIRM)
def confirm(code: str, receipt_id: int) -> ResponseReturnValue:
    """Confirm that the money arrived."""
    receipt = load_receipt(receipt_id)

    def change(session: Session) -> str:
        confirm_receipt(session, receipt, actor=current_actor())
        return _("Receipt %(number)s is confirmed.", number=receipt.number)

    return act(code, receipt.account_id, change)


@payments_bp.route("/p/<code>/receipts/<int:receipt_id>/refuse", methods=["GET", "POST"])
@requires(Permission.RECEIPT_CONFIRM)
def refuse(code: str, receipt_id: int) -> ResponseReturnValue:
    """Refuse a receipt because the money is not there."""
    receipt, form = load_receipt(receipt_id), ReasonForm()

    def change(session: Session) -> str:
        refuse_receipt(session, receipt, actor=current_actor(), reason=form.reason.data)
        return _("Receipt %(number)s is refused.", number=receipt.number)

    return ask(code, form, change, Subject.of_receipt(receipt), title=_("Refuse the receipt"))


@payments_bp.route("/p/<code>/receipts/<int:receipt_id>/reverse", methods=["GET", "POST"])
@requires(Permission.RECEIPT_REVERSE)
def reverse(code: str, receipt_id: int) -> ResponseReturnValue:
    """Reverse a confirmed receipt by a negative one."""
    receipt, form = load_receipt(receipt_id), ReasonForm()

    def change(session: Session) -> str:
        reversal = reverse_receipt(session, receipt, actor=current_actor(), reason=form.reason.data)
        return _("Receipt %(number)s takes it back.", number=reversal.number)

    return ask(code, form, change, Subject.of_receipt(receipt), title=_("Reverse the receipt"))


@payments_bp.route("/p/<code>/receipts/<int:receipt_id>/carry", methods=["POST"])
@requires(Permission.RECEIPT_RECORD)
def carry(code: str, receipt_id: int) -> ResponseReturnValue:
    """Make confirmed earnest money of a deal with a price its deposit."""
    receipt = load_receipt(receipt_id)

    def change(session: Session) -> str:
        made = carry_to_deposit(session, receipt, actor=current_actor(), reason=_("Part of the deposit"))
        return _("Receipt %(number)s is part of the deposit.", number=made.number)

    return act(code, receipt.account_id, change)
