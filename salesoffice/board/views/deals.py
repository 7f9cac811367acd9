"""The deals list, the deal page, and recording money on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.board.documents.story import tell_story
from salesoffice.board.queries.dates import list_dates
from salesoffice.board.queries.deal_file import DealFile, load_deal_file
from salesoffice.board.queries.deals import (
    ALL,
    ENDED,
    SIGN_LATE,
    TO_VERIFY,
    DealSearch,
    may_name_buyers,
    select_deals,
)
from salesoffice.board.views.blueprint import bp
from salesoffice.changes.queries import list_changes_of_deal
from salesoffice.contracts.enums import ENDED_CONTRACTS, ContractState
from salesoffice.contracts.queries import list_checks
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, Text
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import ClaimKind, DealState
from salesoffice.deals.forms import AttachForm
from salesoffice.deals.queries import load_papers
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.papers.documents import name_field, show_side
from salesoffice.papers.queries import list_standings
from salesoffice.payments.enums import AccountState, ReceiptKind, ReceiptState
from salesoffice.payments.forms import ReceiptForm
from salesoffice.payments.models import Receipt
from salesoffice.payments.services import record_receipt
from salesoffice.projects.queries import current_project
from salesoffice.registrations.models import Registration
from salesoffice.registrations.queries import list_carriable_registrations
from salesoffice.reservations.enums import ProvisionalState, SubscriptionState
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import Problem, fill_problem
from salesoffice.webkit.pager import page_number, paginate_rows

STATES = (
    ("", _l("Under way")),
    (ClaimKind.HOLD.value, _l("Held")),
    (ClaimKind.PROVISIONAL.value, _l("Provisional order")),
    (ClaimKind.SUBSCRIPTION.value, _l("Subscribed")),
    (SIGN_LATE, _l("Not signed in time")),
    (TO_VERIFY, _l("Awaiting second entry")),
    (ClaimKind.CONTRACT.value, _l("Contracted")),
    (ClaimKind.SIGNED_ONLINE.value, _l("Signed online")),
    (ClaimKind.FILED.value, _l("Filed")),
    (ENDED, _l("Ended")),
    (ALL, _l("All")),
)
"""The tabs of the list: value in the address and name."""

_LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Step:
    """One step of a sale in the line on top of its page; `standing` is done, current or open."""

    label: Text
    on: date | None
    standing: str


@bp.route("/p/<code>/deals")
@requires(Permission.DEAL_VIEW)
def deals(code: str) -> ResponseReturnValue:
    """List the deals a person may see."""
    search = DealSearch(
        text=request.args.get("q", "").replace("\0", "").strip()[:_LONGEST_SEARCH],
        state=request.args.get("state", ""),
        is_overdue=request.args.get("overdue") == "1",
    )
    actor, project_id = current_actor(), current_project_id()
    statement = select_deals(project_id, search, actor=actor, today=clock.business_today())
    return render_template(
        "board/deals.html",
        code=code,
        page=paginate_rows(statement, page_number(request.args.get("page"))),
        search=search,
        states=STATES,
        sees_name=lambda rep_id: may_name_buyers(actor, project_id, rep_id),
    )


@bp.route("/p/<code>/deals/<number>")
@requires(Permission.DEAL_VIEW)
def deal(code: str, number: str) -> ResponseReturnValue:
    """Show everything of one sale."""
    return show_deal(code, number)


@bp.route("/p/<code>/deals/<number>/receipts", methods=["POST"])
@requires(Permission.RECEIPT_RECORD)
def record(code: str, number: str) -> ResponseReturnValue:
    """Record money that reached the office."""
    found, form = (
        load_deal_file(db.session(), current_project_id(), number, actor=current_actor()),
        ReceiptForm(),
    )
    if not form.validate() or found.account is None:
        return show_deal(code, number, form=form, status=422)
    try:
        with transaction() as session:
            receipt = record_receipt(
                session,
                found.account.account,
                actor=current_actor(),
                kind=form.kind.data,
                method=form.method.data,
                amount=form.amount.data or 0,
                received_on=form.received_on.data or clock.business_today(),
                slip_no=form.slip_no.data or "",
                payer=form.payer.data or "",
            )
    except DomainError as error:
        fill_problem(form, error)
        return show_deal(code, number, form=form, status=error.status)
    flash(_("Receipt %(number)s is recorded. Finance confirms it now.", number=receipt.number), "success")
    return redirect(url_for("board.deal", code=code, number=number) + "#money")


def show_deal(
    code: str,
    number: str,
    *,
    form: ReceiptForm | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Answer with the deal page, with a refusal on top if there is one."""
    found = load_deal_file(db.session(), current_project_id(), number, actor=current_actor())
    page = render_template(
        "board/deal.html",
        code=code,
        project=current_project(),
        file=found,
        deal=found.deal,
        account=found.account,
        contract=found.contract,
        subscription=found.subscription,
        steps=_build_steps(found),
        actions=_list_actions(found),
        story=tell_story(found.entries),
        standings=list_standings(db.session(), found.deal),
        name_field=name_field,
        show_side=show_side,
        attached=load_papers(db.session(), found.deal, actor=current_actor()),
        attach_form=AttachForm(formdata=None),
        checks=[line for paper in found.contracts for line in list_checks(db.session(), paper)],
        dates=list_dates(db.session(), found),
        changes=list_changes_of_deal(db.session(), found.deal.id),
        form=form or _prefill_receipt(found),
        registrations=_list_registrations(found),
        problem=problem,
        can=lambda permission: current_actor().can(Permission(permission), found.deal.project_id),
        may_confirm=may_confirm,
    )
    return page, status


def _prefill_receipt(found: DealFile) -> ReceiptForm:
    """Offer what comes next: the money of the provisional order, or what is missing of the deposit."""
    kind, amount = ReceiptKind.DEPOSIT, None
    if found.is_earnest and found.account is not None:
        kind = ReceiptKind.PROVISIONAL
        amount = found.account.account.total_amount - found.account.account.received_amount
    elif found.deposit is not None:
        amount = found.deposit[1] - found.deposit[0]
    return ReceiptForm(formdata=None, received_on=clock.business_today(), kind=kind, amount=amount or None)


def _list_registrations(found: DealFile) -> Sequence[Registration]:
    """List the registrations of the buyers whose money the person may carry over to this sale."""
    project_id = found.deal.project_id
    is_ready = found.account is not None and found.account.account.state is AccountState.OPEN
    if not is_ready or found.is_earnest or not current_actor().can(Permission.REGISTRATION_EDIT, project_id):
        return ()
    return list_carriable_registrations(db.session(), found.deal.id)


def may_confirm(receipt: Receipt) -> bool:
    """Tell whether the person may confirm or refuse a receipt now."""
    actor = current_actor()
    return (
        receipt.state is ReceiptState.RECORDED
        and receipt.recorded_by_id != actor.id
        and actor.can(Permission.RECEIPT_CONFIRM, receipt.project_id)
    )


def _build_steps(found: DealFile) -> list[Step]:
    subscription, contract = found.subscription, found.contract
    signed = contract is not None and contract.verified_on is not None
    rows: list[tuple[Text, date | None, bool]] = [
        (
            _l("Held"),
            clock.business_day_of(found.hold.placed_at) if found.hold else None,
            found.hold is not None,
        ),
        (_l("Provisional order"), found.order.signed_on if found.order else None, found.order is not None),
        (_l("Subscribed"), subscription.signed_on if subscription else None, subscription is not None),
        (_l("Contracted"), contract.signed_on if contract and signed else None, signed),
        (
            _l("Signed online"),
            contract.online_on if contract else None,
            bool(contract and contract.online_on),
        ),
        (_l("Filed"), contract.filed_on if contract else None, bool(contract and contract.filed_on)),
    ]
    begun = (found.hold is not None, found.order is not None)
    rows = [row for row, is_shown in zip(rows, (*begun, True, True, True, True), strict=True) if is_shown]
    last = max((index for index, row in enumerate(rows) if row[2]), default=0)
    is_open = found.deal.state is DealState.OPEN and found.is_live
    return [
        Step(
            label,
            on,
            "current" if is_open and index == last else ("done" if index <= last and done else "open"),
        )
        for index, (label, on, done) in enumerate(rows)
    ]


def _list_actions(found: DealFile) -> frozenset[str]:
    """Name what the person may do with this deal now."""
    actor, project_id = current_actor(), found.deal.project_id
    contract, subscription = found.contract, found.subscription
    state = contract.state if contract else None
    is_draft = state is ContractState.DRAFT
    is_active = subscription is not None and subscription.state is SubscriptionState.ACTIVE
    is_own = contract is not None and contract.entered_by_id == actor.id
    has_contract = state is not None and state not in ENDED_CONTRACTS
    is_sold = subscription is not None or found.order is not None
    account = found.account
    is_payable = account is not None and account.account.state is AccountState.OPEN
    has_money = account is not None and account.account.refundable_amount > 0
    is_ordered = found.order is not None and found.order.state is ProvisionalState.OPEN and found.is_live
    candidates = {
        "enter": (Permission.CONTRACT_ENTER, is_active and not has_contract),
        "correct": (Permission.CONTRACT_ENTER, is_draft and is_active),
        "verify": (Permission.CONTRACT_VERIFY, is_draft and is_active and not is_own),
        "sign": (Permission.CONTRACT_ENTER, state is ContractState.VERIFIED),
        "file": (Permission.CONTRACT_ENTER, state is ContractState.SIGNED_ONLINE),
        "discard": (Permission.SUBSCRIPTION_CANCEL, is_draft),
        "change": (Permission.CHANGE_REQUEST, is_sold),
        "extend": (Permission.CHANGE_REQUEST, is_active and not has_contract),
        "cancel_sale": (
            Permission.CHANGE_REQUEST,
            is_sold and found.deal.state is DealState.OPEN and state is not ContractState.FILED,
        ),
        "make_agreement": (
            Permission.CUSTOMER_REVEAL,
            subscription is not None
            and subscription.document_id is None
            and subscription.state in {SubscriptionState.ACTIVE, SubscriptionState.CONVERTED},
        ),
        "subscribe_order": (Permission.SUBSCRIPTION_SIGN, is_ordered),
        "cancel_order": (Permission.PROVISIONAL_SIGN, is_ordered),
        "record": (Permission.RECEIPT_RECORD, is_payable),
        "refund": (Permission.REFUND_REQUEST, has_money),
    }
    return frozenset(
        name
        for name, (permission, holds) in candidates.items()
        if holds and actor.can(permission, project_id)
    )
