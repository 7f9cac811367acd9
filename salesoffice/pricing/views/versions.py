"""Price versions: the list, one with its differences and findings, and the decisions about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.queries import list_buildings, list_unit_types
from salesoffice.pricing.documents.findings import group_findings
from salesoffice.pricing.enums import FindingKind, ForceMoment, PriceVersionState
from salesoffice.pricing.forms import ApproveForm, DecisionForm
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import (
    ChangeFilter,
    check_version,
    find_previous,
    find_stale,
    get_version,
    get_version_row,
    list_steps,
    list_versions,
    select_changes,
    sum_changes,
)
from salesoffice.pricing.rules import Finding
from salesoffice.pricing.services import (
    PricesStale,
    approve_version,
    put_in_force,
    put_rest_in_force,
    return_version,
    revert_to,
    submit_version,
    withdraw_version,
)
from salesoffice.pricing.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import PER_PAGE, Page, page_number, paginate_rows
from salesoffice.webkit.resubmission import claim_form

_PER_PAGE = 100
_LARGEST = 2**31 - 1
_DECIDABLE = frozenset({PriceVersionState.DRAFT, PriceVersionState.SUBMITTED, PriceVersionState.APPROVED})
_FORCED = frozenset({PriceVersionState.IN_FORCE, PriceVersionState.SUPERSEDED})

STEPS = {
    "price_version.drafted": _l("Drafted"),
    "price_version.published": _l("Published from a file"),
    "price_version.submitted": _l("Submitted"),
    "price_version.returned": _l("Returned"),
    "price_version.approved": _l("Approved"),
    "price_version.withdrawn": _l("Withdrawn"),
    "price_version.left_out": _l("Put into force without some units"),
    "price_version.put_in_force": _l("Put into force"),
}

Act = Callable[[Session, PriceVersion], PriceVersion]


@dataclass(frozen=True)
class Shown:
    """What the address chooses of a difference."""

    against: PriceVersion | None
    filter: ChangeFilter
    finding: FindingKind | None


@bp.route("/p/<code>/prices/versions")
@requires(Permission.PRICE_VIEW)
def versions(code: str) -> str:
    """List the versions, the newest first; what is not decided yet only for those who decide."""
    project, actor = current_project(), current_actor()
    rows = [row for row in list_versions(db.session(), project.id) if may_see(actor, row.version)]
    number = min(page_number(request.args.get("page")), max(1, -(-len(rows) // PER_PAGE)))
    piece = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "pricing/versions.html", project=project, page=Page(piece, number, PER_PAGE, len(rows))
    )


@bp.route("/p/<code>/prices/versions/<int:number>")
@requires(Permission.PRICE_VIEW)
def version(code: str, number: int) -> str:
    """Show a version: what it changes against another, what looks wrong, what can be decided."""
    return _render(number, {})


@bp.route("/p/<code>/prices/versions/<int:number>/submit", methods=["POST"])
@requires(Permission.PRICE_SUBMIT)
def submit(code: str, number: int) -> ResponseReturnValue:
    """Submit a draft."""
    return _decide(
        code,
        number,
        DecisionForm(),
        lambda session, found: submit_version(session, found, actor=current_actor()),
        _("Version %(number)s was submitted. Somebody else approves it.", number=number),
    )


@bp.route("/p/<code>/prices/versions/<int:number>/approve", methods=["POST"])
@requires(Permission.PRICE_APPROVE)
def approve(code: str, number: int) -> ResponseReturnValue:
    """Approve a version and, when asked for, put it into force at once."""
    form = ApproveForm()

    def act(session: Session, found: PriceVersion) -> PriceVersion:
        approved = approve_version(
            session,
            found,
            actor=current_actor(),
            in_force_from=form.read_moment(),
            comment=form.comment.data or "",
        )
        if form.when.data != ForceMoment.NOW:
            return approved
        try:
            return put_in_force(session, approved, actor=current_actor())
        except PricesStale as stale:
            flash(str(stale.message), "warning")
            return approved

    return _decide(code, number, form, act, _("Version %(number)s was approved.", number=number))


@bp.route("/p/<code>/prices/versions/<int:number>/return", methods=["POST"])
@requires(Permission.PRICE_APPROVE)
def send_back(code: str, number: int) -> ResponseReturnValue:
    """Give a submitted version back with a comment."""
    form = DecisionForm()
    return _decide(
        code,
        number,
        form,
        lambda session, found: return_version(
            session, found, actor=current_actor(), comment=form.comment.data or ""
        ),
        _("Version %(number)s was returned to its author.", number=number),
    )


@bp.route("/p/<code>/prices/versions/<int:number>/withdraw", methods=["POST"])
@requires(Permission.PRICE_SUBMIT)
def withdraw(code: str, number: int) -> ResponseReturnValue:
    """Withdraw a version that is not in force yet."""
    form = DecisionForm()
    return _decide(
        code,
        number,
        form,
        lambda session, found: withdraw_version(
            session, found, actor=current_actor(), comment=form.comment.data or ""
        ),
        _("Version %(number)s was withdrawn.", number=number),
    )


@bp.route("/p/<code>/prices/versions/<int:number>/activate", methods=["POST"])
@requires(Permission.PRICE_APPROVE)
def activate(code: str, number: int) -> ResponseReturnValue:
    """Put an approved version into force."""
    return _decide(
        code,
        number,
        DecisionForm(),
        lambda session, found: put_in_force(session, found, actor=current_actor()),
        _("The prices of version %(number)s are in force.", number=number),
    )


@bp.route("/p/<code>/prices/versions/<int:number>/activate-rest", methods=["POST"])
@requires(Permission.PRICE_APPROVE)
def activate_rest(code: str, number: int) -> ResponseReturnValue:
    """Put an approved version into force without the units that changed meanwhile."""
    return _decide(
        code,
        number,
        DecisionForm(),
        lambda session, found: put_rest_in_force(session, found, actor=current_actor()),
        _("The rest of version %(number)s is in force; the units named keep their price.", number=number),
    )


@bp.route("/p/<code>/prices/versions/<int:number>/revert", methods=["POST"])
@requires(Permission.PRICE_SUBMIT)
def revert(code: str, number: int) -> ResponseReturnValue:
    """Make a new draft with the prices of an older version."""
    form = DecisionForm()
    return _decide(
        code,
        number,
        form,
        lambda session, found: revert_to(session, found, actor=current_actor(), note=form.comment.data or ""),
        _("A draft with the prices of version %(number)s was made.", number=number),
    )


def may_see(actor: Actor, found: PriceVersion) -> bool:
    """Tell whether a person may see a version: prices that are not in force yet only those who decide them."""
    if found.state in _FORCED:
        return True
    return any(
        actor.can(permission, found.project_id)
        for permission in (Permission.PRICE_SUBMIT, Permission.PRICE_APPROVE)
    )


def _decide(code: str, number: int, form: DecisionForm, act: Act, message: str) -> ResponseReturnValue:
    if not form.validate():
        return _render(number, {_form_name(form): form}), UNPROCESSABLE
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                found = act(session, _get(number))
                claim.body = url_for("pricing.version", code=code, number=found.number)
                flash(message, "success")
            return redirect(claim.body)
    except DomainError as error:
        fill_problem(form, error)
        return _render(number, {_form_name(form): form}), error.status


def _form_name(form: DecisionForm) -> str:
    return "approve_form" if isinstance(form, ApproveForm) else "form"


def _get(number: int) -> PriceVersion:
    found = get_version(db.session(), current_project_id(), min(number, _LARGEST))
    if not may_see(current_actor(), found):
        raise NotFound(_l("There is no such price version."))
    return found


def _render(number: int, forms: dict[str, DecisionForm]) -> str:
    session, project, actor = db.session(), current_project(), current_actor()
    found = _get(number)
    findings = check_version(session, found) if found.state in _DECIDABLE else []
    shown = _read_shown(session, found, findings)
    may_see_floors = actor.can(Permission.PRICE_LIMIT_VIEW, project.id)
    is_stale_asked = found.state is PriceVersionState.APPROVED
    context: dict[str, Any] = {
        "form": DecisionForm(formdata=None),
        "approve_form": ApproveForm(formdata=None),
        **forms,
    }
    statement = select_changes(found, shown.against, shown.filter)
    return render_template(
        "pricing/version.html",
        project=project,
        row=get_version_row(session, project.id, found.number),
        groups=group_findings(findings, may_see_floors=may_see_floors),
        stale=find_stale(session, found) if is_stale_asked else (),
        shown=shown,
        totals=sum_changes(session, found, shown.against),
        page=paginate_rows(statement, page_number(request.args.get("page")), _PER_PAGE),
        versions=[item for item in _list_comparable(session, found) if may_see(actor, item)],
        buildings=list_buildings(session, project.id),
        types=list_unit_types(session, project.id),
        steps=list_steps(session, found),
        step_labels=STEPS,
        **context,
    )


def _list_comparable(session: Session, found: PriceVersion) -> list[PriceVersion]:
    return [row.version for row in list_versions(session, found.project_id) if row.version.id != found.id]


def _read_shown(session: Session, found: PriceVersion, findings: list[Finding]) -> Shown:
    values = request.args
    kinds = {kind.value: kind for kind in FindingKind}
    kind = kinds.get(values.get("finding", ""))
    unit_ids = None
    if kind is not None:
        unit_ids = [item.unit_id for item in findings if item.kind is kind and item.unit_id is not None]
    chosen = ChangeFilter(
        q=tidy_text(values.get("q", ""))[:100],
        building_id=read_id(values.get("building", "")),
        unit_type_id=read_id(values.get("type", "")),
        is_changed_only=values.get("changed", "") == "1",
        unit_ids=unit_ids,
    )
    return Shown(_find_against(session, found, values.get("against", "")), chosen, kind)


def _find_against(session: Session, found: PriceVersion, typed: str) -> PriceVersion | None:
    number = read_id(typed)
    if number is None:
        return find_previous(session, found)
    other = get_version(session, found.project_id, number)
    if not may_see(current_actor(), other):
        raise NotFound(_l("There is no such price version."))
    return other
