"""What the pages about money share: loading, acting, asking for a reason, the list with a refusal on top."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.board.queries.receipts import (
    ReceiptSearch,
    count_waiting,
    find_deal_of_account,
    get_deal_of_account,
    get_owner,
    list_waiting_refunds,
    select_receipts,
    sum_confirmed,
)
from salesoffice.board.views.deals import may_confirm, show_deal
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _l
from salesoffice.payments.forms import ReceiptFilterForm
from salesoffice.payments.models import Receipt, Refund
from salesoffice.payments.queries import get_receipt, get_refund
from salesoffice.registrations.queries import find_registration_of_account
from salesoffice.webkit.access import current_actor, current_project_id
from salesoffice.webkit.forms import BaseForm, Problem, fill_problem
from salesoffice.webkit.pager import page_number, paginate_rows


@dataclass(frozen=True)
class Subject:
    """What a reason is asked for: its account, and number and amount where it has them."""

    account_id: int
    number: str = ""
    amount: int | None = None

    @classmethod
    def of_receipt(cls, receipt: Receipt) -> Self:
        """Build the subject of a receipt."""
        return cls(receipt.account_id, receipt.number, receipt.amount)


def load_receipt(receipt_id: int) -> Receipt:
    """Return a receipt of the project in the address; raises NotFound."""
    receipt = get_receipt(db.session(), receipt_id)
    if receipt.project_id != current_project_id():
        raise NotFound(_l("There is no such receipt."))
    return receipt


def load_refund(refund_id: int) -> Refund:
    """Return a refund of the project in the address; raises NotFound."""
    refund = get_refund(db.session(), refund_id)
    if refund.project_id != current_project_id():
        raise NotFound(_l("There is no such refund."))
    return refund


def may_name_all() -> bool:
    """Tell whether the person may read the names of all customers of the project."""
    return current_actor().can(Permission.CUSTOMER_VIEW_ALL, current_project_id())


def act(code: str, account_id: int, change: Callable[[Session], str]) -> ResponseReturnValue:
    """Do what a button asks for and go back to the list or the deal; a refusal is shown on the same page."""
    try:
        with transaction() as session:
            done = change(session)
    except DomainError as error:
        return show_refusal(code, account_id, error)
    flash(done, "success")
    if request.form.get("back") == "list":
        return redirect(url_for("payments.receipts", code=code))
    return redirect(address_of(code, account_id))


def ask(
    code: str, form: BaseForm, change: Callable[[Session], str], subject: Subject, *, title: str
) -> ResponseReturnValue:
    """Show the form that a change needs, or do it and go to the deal."""
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
                return redirect(address_of(code, subject.account_id))
    page = render_template(
        "payments/ask.html",
        code=code,
        form=form,
        subject=subject,
        ask_title=title,
        owner=get_owner(db.session(), subject.account_id),
        back=address_of(code, subject.account_id),
    )
    return page, status


def show_refusal(code: str, account_id: int, error: DomainError) -> ResponseReturnValue:
    """Show the list or the deal page with a refusal on top."""
    problem = Problem(error.message)
    if request.form.get("back") == "list" or find_deal_of_account(db.session(), account_id) is None:
        return show_list(code, problem=problem, status=error.status)
    deal = get_deal_of_account(db.session(), account_id)
    return show_deal(code, deal.number, problem=problem, status=error.status)


def show_list(code: str, *, problem: Problem | None = None, status: int = 200) -> ResponseReturnValue:
    """Answer with the list of receipts."""
    project_id, today, form = current_project_id(), clock.business_today(), ReceiptFilterForm(request.args)
    form.validate()
    search = ReceiptSearch(form.q.data or "", form.state.data, form.day.data)
    count, amount = count_waiting(db.session(), project_id)
    page = render_template(
        "payments/receipts.html",
        code=code,
        form=form,
        page=paginate_rows(select_receipts(project_id, search), page_number(request.args.get("page"))),
        waiting_count=count,
        waiting_amount=amount,
        confirmed_today=sum_confirmed(db.session(), project_id, today),
        refunds=list_waiting_refunds(db.session(), project_id),
        problem=problem,
        sees_names=may_name_all(),
        may_confirm=may_confirm,
        actor_id=current_actor().id,
        can=lambda permission: current_actor().can(Permission(permission), project_id),
        today=today,
    )
    return page, status


def address_of(code: str, account_id: int) -> str:
    """Return the address of the page on which the money of an account is: its deal's, or its registration's."""
    deal = find_deal_of_account(db.session(), account_id)
    if deal is not None:
        return url_for("board.deal", code=code, number=deal.number) + "#money"
    registration = find_registration_of_account(db.session(), account_id)
    if registration is None:
        raise NotFound(_l("There is no such account."))
    return url_for("registrations.show", code=code, registration_id=registration.id) + "#money"
