"""The printed receipt: made once, kept as it is."""

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from salesoffice.board.queries.receipts import read_sale_facts
from salesoffice.board.views.money import load_receipt, show_refusal
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file, store_file
from salesoffice.infra.i18n import _l
from salesoffice.payments.documents import build_paper, print_receipt
from salesoffice.payments.services import check_printable, keep_document
from salesoffice.payments.views import bp as payments_bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, not_allowed, requires

PDF = "application/pdf"


@payments_bp.route("/p/<code>/receipts/<int:receipt_id>/print", methods=["POST"])
@requires(Permission.DEAL_VIEW_ALL)
def print_paper(code: str, receipt_id: int) -> ResponseReturnValue:
    """Print a receipt once; the paper is kept as it is."""
    receipt, actor, project = load_receipt(receipt_id), current_actor(), current_project()
    if not any(
        actor.can(permission, project.id)
        for permission in (Permission.RECEIPT_RECORD, Permission.RECEIPT_CONFIRM)
    ):
        raise not_allowed()

    if receipt.document_id is None:
        try:
            check_printable(receipt)
            facts = read_sale_facts(db.session(), receipt, project)
            data = print_receipt(build_paper(receipt, facts, clock.business_today()))
            with transaction() as session:
                stored = store_file(
                    session, data, name=f"{receipt.number}.pdf", media_type=PDF, project_id=project.id
                )
                keep_document(session, receipt, actor=actor, file_id=stored.id)
        except DomainError as error:
            return show_refusal(code, receipt.account_id, error)
    return redirect(url_for("payments.paper", code=code, receipt_id=receipt_id))


@payments_bp.route("/p/<code>/receipts/<int:receipt_id>.pdf")
@requires(Permission.CUSTOMER_VIEW_ALL)
def paper(code: str, receipt_id: int) -> ResponseReturnValue:
    """Give out the printed receipt, which names the payer."""
    receipt = load_receipt(receipt_id)
    if receipt.document_id is None:
        raise NotFound(_l("This receipt has not been printed yet."))
    response = make_response(read_file(get_file(db.session(), receipt.document_id)))
    response.content_type = PDF
    response.headers["Content-Disposition"] = f'inline; filename="{code}-{receipt.number}.pdf"'
    return response
