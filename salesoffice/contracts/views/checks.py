"""The differences between two entries, side by side, and who was wrong."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.contracts.enums import Culprit
from salesoffice.contracts.forms import ResolveForm
from salesoffice.contracts.queries import list_checks
from salesoffice.contracts.services.resolving import resolve_difference
from salesoffice.contracts.services.verifying import FIELD_OF_API, LABELS_OF_API, show_value
from salesoffice.contracts.views.blueprint import bp
from salesoffice.contracts.views.contracts import load_contract
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.customers.queries import name_users
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import Problem

_UNPROCESSABLE = 422


@bp.route("/p/<code>/contracts/<int:contract_id>/checks")
@requires(Permission.CONTRACT_VERIFY)
def checks(code: str, contract_id: int) -> ResponseReturnValue:
    """Show what differed in each second entry of a contract."""
    return _show(code, contract_id)


@bp.route("/p/<code>/contracts/<int:contract_id>/checks/<int:check_id>/resolve", methods=["POST"])
@requires(Permission.CONTRACT_VERIFY)
def resolve(code: str, contract_id: int, check_id: int) -> ResponseReturnValue:
    """Decide who was wrong in one field."""
    contract, form = load_contract(contract_id), ResolveForm()
    if not form.validate():
        problem = Problem(_("Choose the field and who was wrong with the buttons of its row."))
        return _show(code, contract_id, problem, _UNPROCESSABLE)
    try:
        with transaction() as session:
            resolve_difference(
                session,
                contract,
                check_id,
                actor=current_actor(),
                field=form.field.data,
                culprit=form.culprit.data,
            )
    except DomainError as error:
        return _show(code, contract_id, Problem(error.message), error.status)
    flash(_("It is noted who was wrong."), "success")
    return redirect(url_for("contracts.checks", code=code, contract_id=contract_id))


def _show(
    code: str, contract_id: int, problem: Problem | None = None, status: int = 200
) -> ResponseReturnValue:
    contract = load_contract(contract_id)
    lines = list_checks(db.session(), contract)
    people = [line.first_by_id for line in lines] + [line.check.checked_by_id for line in lines]
    people += [item.resolution.resolved_by_id for line in lines for item in line.fields if item.resolution]
    page = render_template(
        "contracts/checks.html",
        code=code,
        contract=contract,
        deal=contract.deal,
        lines=lines,
        names=name_users(db.session(), people),
        labels=LABELS_OF_API,
        show=lambda name, value: show_value(FIELD_OF_API.get(name, name), value),
        culprits=tuple(Culprit),
        problem=problem,
    )
    return page, status
