"""The units of a plan: lists of those that need a look, why a unit has its price, adjusting one by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, NotFound, Text
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.priceplans.documents.answer import PricedPlan, price_plan
from salesoffice.priceplans.forms import AdjustForm
from salesoffice.priceplans.models import PlanAdjustment, PricePlan
from salesoffice.priceplans.queries import PlanFacts, ScopeUnit, get_plan, load_facts
from salesoffice.priceplans.rules import PriceStep, explain_price
from salesoffice.priceplans.services import Adjusted, PlanEdit, change_plan
from salesoffice.priceplans.views.blueprint import bp
from salesoffice.priceplans.views.sheet import apply_change
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import Page, page_number

_PER_PAGE = 100
LISTS = {
    "all": _l("All units"),
    "bound": _l("At a bound"),
    "kept": _l("Price kept"),
    "unpriced": _l("Without a price"),
    "adjusted": _l("Adjusted by hand"),
}


@dataclass(frozen=True)
class UnitLine:
    """A unit in one of the lists: its prices (fen) and why it is in the list."""

    place: ScopeUnit
    unit_price: int | None
    total: int | None
    note: Text


@bp.route("/p/<code>/plans/<int:plan_id>/units")
@requires(Permission.PRICE_PLAN_VIEW)
def units(code: str, plan_id: int) -> ResponseReturnValue:
    """List the units of a plan that are at a bound, kept, without a price, or adjusted by hand."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in LISTS else "all"
    q = tidy_text(request.args.get("q", ""))[:100]
    priced = price_plan(plan, load_facts(db.session(), plan))
    by_list = _list_lines(priced)
    lines = [line for line in by_list[chosen] if q.casefold() in line.place.code.casefold()]
    number = min(page_number(request.args.get("page")), max(1, -(-len(lines) // _PER_PAGE)))
    page = Page(lines[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(lines))
    return render_template(
        "priceplans/units.html",
        project=current_project(),
        plan=plan,
        page=page,
        q=q,
        chosen=chosen,
        tabs=[(key, label, len(by_list[key])) for key, label in LISTS.items()],
        problem_text=priced.problem,
    )


@bp.route("/p/<code>/plans/<int:plan_id>/units/<unit_code>")
@requires(Permission.PRICE_PLAN_VIEW)
def unit(code: str, plan_id: int, unit_code: str) -> ResponseReturnValue:
    """Say why a unit has its price; a part of the page for scripts, else a page of its own."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    facts = load_facts(db.session(), plan)
    place = _get_place(facts, unit_code)
    row = db.session.get(PlanAdjustment, (plan.id, place.unit_id))
    form = AdjustForm(
        formdata=None,
        revision=plan.revision,
        difference=row.difference if row else None,
        reason=row.reason if row else "",
    )
    return _render(plan, facts, place, form)


@bp.route("/p/<code>/plans/<int:plan_id>/units/<unit_code>/adjust", methods=["POST"])
@requires(Permission.PRICE_PLAN)
def adjust(code: str, plan_id: int, unit_code: str) -> ResponseReturnValue:
    """Add something to the price of one unit by hand, with a reason; an empty amount takes it away."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    facts = load_facts(db.session(), plan)
    place = _get_place(facts, unit_code)
    form = AdjustForm()

    def act(session: Session, revision: int) -> None:
        amount = form.difference.data
        adjusted = None if not amount else Adjusted(amount, form.reason.data or "")
        edit = PlanEdit(adjustments={place.unit_id: adjusted})
        change_plan(session, plan, actor=current_actor(), revision=revision, edit=edit)

    def show_refusal(error: DomainError) -> str:
        if not form.errors:
            fill_problem(form, error)
        return _render(plan, facts, place, form)

    return apply_change(plan, form, act, show_refusal=show_refusal)


def _render(plan: PricePlan, facts: PlanFacts, place: ScopeUnit, form: AdjustForm) -> str:
    project = current_project()
    priced = price_plan(plan, facts)
    is_part = request.headers.get("HX-Request") == "true"
    return render_template(
        "priceplans/_unit.html" if is_part else "priceplans/unit.html",
        project=project,
        plan=plan,
        place=place,
        priced=priced,
        line=next((line for line in _list_lines(priced)["all"] if line.place is place), None),
        steps=_list_steps(priced, place),
        old=facts.old_prices.get(place.unit_id),
        form=form,
        is_part=is_part,
        can_edit=plan.is_open and current_actor().can(Permission.PRICE_PLAN, project.id),
    )


def _list_steps(priced: PricedPlan, place: ScopeUnit) -> Sequence[PriceStep]:
    if priced.result is None:
        return ()
    facts = priced.facts
    found = next(unit for unit in facts.units if unit.unit_id == place.unit_id)
    adjustment = facts.adjustments.get(place.unit_id, 0)
    return explain_price(facts.terms, facts.factors, adjustment, found, priced.result.base)


def _list_lines(priced: PricedPlan) -> dict[str, list[UnitLine]]:
    places = {place.unit_id: place for place in priced.facts.places}
    result, by_hand = priced.result, priced.facts.adjustments
    if result is None:
        lines = [UnitLine(place, None, None, "") for place in places.values()]
        adjusted = [line for line in lines if line.place.unit_id in by_hand]
        return {"all": lines, "bound": [], "kept": [], "unpriced": [], "adjusted": adjusted}
    notes = {
        None: "",
        "lower": _l("At its lowest allowed price"),
        "upper": _l("At its highest allowed price"),
    }
    rows = [UnitLine(places[row.unit_id], row.unit_price, row.total, notes[row.bound]) for row in result.rows]
    kept = [
        UnitLine(places[row.unit_id], row.unit_price, row.total, _l("Held or sold: keeps its price"))
        for row in result.kept
    ]
    unpriced = [UnitLine(places[row.unit_id], None, None, row.reason.label) for row in result.unpriced]
    return {
        "all": [*rows, *kept, *unpriced],
        "bound": [line for line, row in zip(rows, result.rows, strict=True) if row.bound],
        "kept": kept,
        "unpriced": unpriced,
        "adjusted": [line for line in [*rows, *kept, *unpriced] if line.place.unit_id in by_hand],
    }


def _get_place(facts: PlanFacts, unit_code: str) -> ScopeUnit:
    for place in facts.places:
        if place.code == unit_code:
            return place
    raise NotFound(_l("There is no such unit in this plan."))
