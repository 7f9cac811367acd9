"""Limits of prices: the list, setting them after a preview, their history; the rules for changing prices."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.money import rate_of
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.queries import get_unit_by_code, list_buildings
from salesoffice.pricing.forms import LimitsForm, RulesForm
from salesoffice.pricing.queries import (
    find_rules,
    find_unit_ids,
    list_limit_history,
    list_totals,
    select_limits,
)
from salesoffice.pricing.rules import LineProblem, read_listing, write_listing
from salesoffice.pricing.services import LimitChange, preview_limits, set_limits, set_rules
from salesoffice.pricing.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import Problem, fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate_rows
from salesoffice.webkit.resubmission import claim_form

_PER_PAGE = 100
_SHOWN_PROBLEMS = 20
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Entered:
    """A list as it was entered: fen by unit id, the same as text, and the lines that cannot be used."""

    totals: dict[int, int]
    text: str
    problems: tuple[LineProblem, ...]


@bp.route("/p/<code>/prices/limits")
@requires(Permission.PRICE_LIMIT_VIEW)
def limits(code: str) -> str:
    """List the units with their limits."""
    project_id, values = current_project_id(), request.args
    q = tidy_text(values.get("q", ""))[:100]
    building = read_id(values.get("building", ""))
    is_set_only = values.get("set", "") == "1"
    statement = select_limits(project_id, q=q, building_id=building, is_set_only=is_set_only)
    return render_template(
        "pricing/limits.html",
        project=current_project(),
        page=paginate_rows(statement, page_number(values.get("page")), _PER_PAGE),
        buildings=list_buildings(db.session(), project_id),
        q=q,
        building=building,
        is_set_only=is_set_only,
    )


@bp.route("/p/<code>/prices/limits/set", methods=["GET", "POST"])
@requires(Permission.PRICE_LIMIT_EDIT)
def enter_limits(code: str) -> ResponseReturnValue:
    """Enter limits; the first sending shows what would change, the second (`save`) does it."""
    form = LimitsForm()
    if not form.is_submitted():
        return _render_form(form)
    if not form.validate():
        return _render_form(form), UNPROCESSABLE
    entered = _read(form)
    if entered.problems or not entered.totals:
        form.problem = _describe(entered)
        return _render_form(form), UNPROCESSABLE
    try:
        if request.form.get("save") == "1":
            return redirect(_save(code, form, entered))
        changes = preview_limits(
            db.session(),
            current_project_id(),
            layer=form.layer.data,
            totals=entered.totals,
            effective_on=form.read_day(),
        )
    except DomainError as error:
        fill_problem(form, error)
        return _render_form(form), error.status
    return _render_preview(form, entered, changes)


@bp.route("/p/<code>/prices/limits/units/<unit_code>")
@requires(Permission.PRICE_LIMIT_VIEW)
def limit_history(code: str, unit_code: str) -> str:
    """Show all limits that a unit has and had."""
    unit = get_unit_by_code(db.session(), current_project_id(), unit_code)
    return render_template(
        "pricing/limit_history.html",
        project=current_project(),
        unit=unit,
        rows=list_limit_history(db.session(), unit.id),
    )


@bp.route("/p/<code>/prices/rules", methods=["GET", "POST"])
@requires(Permission.PRICE_LIMIT_EDIT)
def rules(code: str) -> ResponseReturnValue:
    """The rules for changing prices."""
    form = RulesForm(obj=find_rules(db.session(), current_project_id()))
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                with transaction() as session:
                    set_rules(session, current_project_id(), actor=current_actor(), rules=form.read_rules())
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The rules are saved; they count from now on."), "success")
                return redirect(url_for("pricing.rules", code=code))
    return render_template("pricing/rules.html", project=current_project(), form=form), status


def _read(form: LimitsForm) -> Entered:
    """Read the list from the field, from the file, or as a share of the list prices in force."""
    session, project_id = db.session(), current_project_id()
    text = form.listing.data or ""
    if form.file.data is not None and form.file.data.filename:
        text = _decode(form.file.data.read())
    elif not text.strip() and form.rate.data:
        totals = list_totals(session, project_id, form.building.data)
        text = write_listing({unit: rate_of(total, form.rate.data) for unit, total in totals.items()})
    listing = read_listing(text)
    ids = find_unit_ids(session, project_id, listing.totals.keys())
    unknown = [
        LineProblem(0, unit, _l("There is no such unit in this project."))
        for unit in listing.totals
        if unit not in ids
    ]
    totals_by_id = {ids[unit]: amount for unit, amount in listing.totals.items() if unit in ids}
    return Entered(totals_by_id, write_listing(listing.totals), (*listing.problems, *unknown))


def _decode(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _describe(entered: Entered) -> Problem:
    if not entered.problems:
        return Problem(_l("Paste a list, choose a file, or enter a share of the list price."))
    details = tuple(
        _("Line %(line)s, “%(text)s”: %(words)s", line=item.line, text=item.text[:60], words=item.message)
        if item.line
        else _("“%(text)s”: %(words)s", text=item.text[:60], words=item.message)
        for item in entered.problems[:_SHOWN_PROBLEMS]
    )
    message = _l(
        "%(count)s lines cannot be used; nothing was saved. Please correct them.", count=len(entered.problems)
    )
    return Problem(message, details)


def _save(code: str, form: LimitsForm, entered: Entered) -> str:
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        if not claim.body:
            changes = set_limits(
                session,
                current_project_id(),
                actor=current_actor(),
                layer=form.layer.data,
                totals=entered.totals,
                effective_on=form.read_day(),
                source=form.source.data,
                is_accepted=form.is_accepted.data,
            )
            claim.body = url_for("pricing.limits", code=code)
            flash(_("%(count)s limits were set.", count=len(changes)), "success")
        return claim.body


def _render_form(form: LimitsForm) -> str:
    return render_template(
        "pricing/limit_form.html",
        project=current_project(),
        form=form,
        buildings=list_buildings(db.session(), current_project_id()),
    )


def _render_preview(form: LimitsForm, entered: Entered, changes: list[LimitChange]) -> str:
    return render_template(
        "pricing/limit_preview.html",
        project=current_project(),
        form=form,
        text=entered.text,
        changes=changes,
        same_count=len(entered.totals) - len(changes),
        refused_count=sum(1 for change in changes if change.problems),
    )
