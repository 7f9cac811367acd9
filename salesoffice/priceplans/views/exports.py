"""A plan as a workbook."""

from flask import Response, make_response
from flask.typing import ResponseReturnValue

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.priceplans.documents.answer import price_plan
from salesoffice.priceplans.documents.workbook import XLSX, write_plan
from salesoffice.priceplans.queries import get_plan, load_facts
from salesoffice.priceplans.views.blueprint import bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import requires


@bp.route("/p/<code>/plans/<int:plan_id>/workbook")
@requires(Permission.PRICE_PLAN_VIEW)
def workbook(code: str, plan_id: int) -> ResponseReturnValue:
    """Download the factor tables and the prices of a plan."""
    project = current_project()
    plan = get_plan(db.session(), project.id, plan_id)
    content = write_plan(price_plan(plan, load_facts(db.session(), plan)))
    response: Response = make_response(content)
    response.content_type = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{project.code}-plan-{plan.id}.xlsx"'
    return response
