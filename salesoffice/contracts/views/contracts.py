"""Pages of contracts: the two entries, and the steps after them."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.contracts.forms import (
    CancelContractForm,
    FilingForm,
    FirstEntryForm,
    OnlineForm,
    SecondEntryForm,
    read_day,
)
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import get_contract
from salesoffice.contracts.services import (
    DifferingFields,
    Verification,
    correct_draft,
    discard_draft,
    draft_contract,
    file_contract,
    sign_online,
    verify_contract,
)
from salesoffice.contracts.services.verifying import FIELD_LABELS, show_value
from salesoffice.contracts.views.blueprint import bp
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.reservations.queries import get_subscription_by_number
from salesoffice.stationery.queries import find_form_of
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import BaseForm, fill_problem


@bp.route("/p/<code>/subscriptions/<number>/contract", methods=["GET", "POST"])
@requires(Permission.CONTRACT_ENTER)
def enter(code: str, number: str) -> ResponseReturnValue:
    """Enter the contract of a subscription from the paper."""
    subscription = get_subscription_by_number(db.session(), current_project().id, number)
    form = FirstEntryForm()

    def save(session: Session) -> None:
        draft_contract(session, subscription, actor=current_actor(), entry=form.read_entry())

    status = _submit(form, save)
    if status is None:
        flash(_("The contract is entered. Another person now enters it once more from the paper."), "success")
        return redirect(_deal_address(code, subscription.deal.number))
    return render_template(
        "contracts/enter.html", form=form, code=code, deal=subscription.deal, subscription=subscription
    ), status


@bp.route("/p/<code>/contracts/<int:contract_id>/correct", methods=["GET", "POST"])
@requires(Permission.CONTRACT_ENTER)
def correct(code: str, contract_id: int) -> ResponseReturnValue:
    """Enter a draft once more, as a whole."""
    contract, form = load_contract(contract_id), FirstEntryForm()

    def save(session: Session) -> None:
        correct_draft(session, contract, actor=current_actor(), entry=form.read_entry())

    status = _submit(form, save)
    if status is None:
        flash(_("The draft is corrected. Somebody else enters it once more."), "success")
        return redirect(_deal_address(code, contract.deal.number))
    return render_template(
        "contracts/enter.html",
        form=form,
        code=code,
        deal=contract.deal,
        subscription=contract.subscription,
        contract=contract,
    ), status


@bp.route("/p/<code>/contracts/<int:contract_id>/verify", methods=["GET", "POST"])
@requires(Permission.CONTRACT_VERIFY)
def verify(code: str, contract_id: int) -> ResponseReturnValue:
    """Enter the critical fields a second time; differences are shown side by side."""
    contract, form = load_contract(contract_id), SecondEntryForm()
    results: list[Verification] = []

    def save(session: Session) -> None:
        results.append(verify_contract(session, contract, actor=current_actor(), fields=form.read_fields()))

    status = _submit(form, save)
    if status is None and results[0].is_verified:
        flash(_("Both entries are equal. The contract is verified."), "success")
        return redirect(_deal_address(code, contract.deal.number))
    rows = []
    if status is None:
        status, rows = 409, _compare(results[0])
        fill_problem(form, DifferingFields(results[0]))
    return render_template(
        "contracts/verify.html",
        form=form,
        code=code,
        contract=contract,
        deal=contract.deal,
        rows=rows,
        is_own=contract.entered_by_id == current_actor().id,
    ), status


@bp.route("/p/<code>/contracts/<int:contract_id>/sign-online", methods=["GET", "POST"])
@requires(Permission.CONTRACT_ENTER)
def sign(code: str, contract_id: int) -> ResponseReturnValue:
    """Note the online signing."""
    contract, form = load_contract(contract_id), OnlineForm()

    def save(session: Session) -> None:
        actor = current_actor()
        sign_online(session, contract, actor=actor, online_no=form.online_no.data, on=read_day(form.on))

    return _step(
        code, contract, form, save, title=_("Contract signed online"), done=_("The online signing is noted.")
    )


@bp.route("/p/<code>/contracts/<int:contract_id>/file", methods=["GET", "POST"])
@requires(Permission.CONTRACT_ENTER)
def file(code: str, contract_id: int) -> ResponseReturnValue:
    """Note the filing."""
    contract, form = load_contract(contract_id), FilingForm()

    def save(session: Session) -> None:
        actor = current_actor()
        file_contract(session, contract, actor=actor, filing_no=form.filing_no.data, on=read_day(form.on))

    return _step(code, contract, form, save, title=_("Contract filed"), done=_("The filing is noted."))


@bp.route("/p/<code>/contracts/<int:contract_id>/discard", methods=["GET", "POST"])
@requires(Permission.SUBSCRIPTION_CANCEL)
def discard(code: str, contract_id: int) -> ResponseReturnValue:
    """Discard the draft of a contract; a contract that is signed ends with its sale, by a change."""
    contract, form = load_contract(contract_id), CancelContractForm()
    if find_form_of(db.session(), contract.__tablename__, contract.id) is None:
        del form.is_form_spoilt

    def save(session: Session) -> None:
        discard_draft(
            session,
            contract,
            actor=current_actor(),
            reason=form.reason.data,
            is_form_spoilt=form.is_form_spoilt is not None and form.is_form_spoilt.data,
        )

    return _step(
        code,
        contract,
        form,
        save,
        title=_("Discard the draft"),
        done=_("The draft is discarded."),
        warning=_("Only this draft is discarded; the subscription goes on."),
    )


def _step(
    code: str,
    contract: Contract,
    form: BaseForm,
    save: Callable[[Session], None],
    *,
    title: str,
    done: str,
    warning: str = "",
) -> ResponseReturnValue:
    status = _submit(form, save)
    if status is None:
        flash(done, "success")
        return redirect(_deal_address(code, contract.deal.number))
    page = render_template(
        "contracts/step.html",
        form=form,
        code=code,
        contract=contract,
        deal=contract.deal,
        step_title=title,
        warning=warning,
    )
    return page, status


def _submit(form: BaseForm, save: Callable[[Session], None]) -> int | None:
    """Save a form that was sent; None when it is done, else the status of the page to show."""
    if not form.is_submitted():
        return 200
    if not form.validate():
        return 422
    try:
        with transaction() as session:
            save(session)
    except DomainError as error:
        fill_problem(form, error)
        return error.status
    return None


def _compare(result: Verification) -> list[tuple[object, str, str]]:
    return [
        (FIELD_LABELS[item.field], show_value(item.field, item.first), show_value(item.field, item.second))
        for item in result.differences
    ]


def load_contract(contract_id: int) -> Contract:
    """Return a contract of the project in the address; raises NotFound."""
    contract = get_contract(db.session(), contract_id)
    if contract.project_id != current_project().id:
        raise NotFound(_l("There is no such contract."))
    return contract


def _deal_address(code: str, number: str) -> str:
    return url_for("board.deal", code=code, number=number)
