"""Scenarios side by side: figures, price bands, and heat maps on the grid of a building."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from salesoffice.core.permissions import Permission
from salesoffice.core.text import natural_key
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _, _l
from salesoffice.priceplans.documents.comparison import (
    build_heat_maps,
    choose_bands,
    describe_band,
    list_houses,
)
from salesoffice.priceplans.forms import CompareForm
from salesoffice.priceplans.queries import (
    Comparison,
    list_comparable_versions,
    list_plans,
    load_comparison,
)
from salesoffice.priceplans.rules import compare_scenarios
from salesoffice.priceplans.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import requires
from salesoffice.webkit.forms import Problem

FEWEST, MOST = 2, 5


@bp.route("/p/<code>/plans/compare")
@requires(Permission.PRICE_PLAN_VIEW)
def compare(code: str) -> ResponseReturnValue:
    """Compare two to five plans or versions."""
    project, session = current_project(), db.session()
    plans = [row.plan for row in list_plans(session, project.id)]
    versions = list_comparable_versions(session, project.id)
    form = CompareForm(formdata=request.args)
    form.plans.choices = [SelectChoice(plan.id, plan.name) for plan in plans]
    form.versions.choices = [
        SelectChoice(version.id, _("Version %(number)s", number=version.number)) for version in versions
    ]
    comparison: Comparison | None = None
    status = 200
    if form.plans.data or form.versions.data:
        count = len(form.plans.data or ()) + len(form.versions.data or ())
        if not form.validate():
            status = UNPROCESSABLE
        elif not FEWEST <= count <= MOST:
            form.problem = Problem(_l("Choose two to five plans or versions."))
            status = UNPROCESSABLE
        else:
            comparison = load_comparison(
                session,
                project.id,
                [plan for plan in plans if plan.id in form.plans.data],
                [version for version in versions if version.id in form.versions.data],
            )
    return _render(form, comparison), status


def _render(form: CompareForm, comparison: Comparison | None) -> str:
    project = current_project()
    if comparison is None:
        return render_template("priceplans/compare.html", project=project, form=form, comparison=None)
    bands = form.read_bands() or choose_bands(comparison)
    houses = list_houses(comparison)
    asked = request.args.get("building", type=int)
    house = asked if asked in houses else next(iter(houses), None)
    figures = compare_scenarios(comparison.results, comparison.units, bands)
    return render_template(
        "priceplans/compare.html",
        project=project,
        form=form,
        comparison=comparison,
        figures=figures,
        types=sorted({group.name for found in figures for group in found.by_type}, key=natural_key),
        bands=[describe_band(band.lower, band.upper) for band in figures[0].bands] if figures else [],
        houses=houses,
        house=house,
        maps=build_heat_maps(comparison, house),
    )
