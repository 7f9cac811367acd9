"""The list of registrations, and the list as a file."""

from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.core.text import mask_name
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.projects.queries import current_project
from salesoffice.registrations.documents import build_csv, build_workbook
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.forms import RegistrationFilterForm
from salesoffice.registrations.queries import (
    RegistrationSearch,
    count_totals,
    list_categories,
    may_name,
    select_rows,
)
from salesoffice.registrations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import tidy_text
from salesoffice.webkit.pager import page_number, paginate_rows

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@bp.route("/p/<code>/registrations")
@requires(Permission.REGISTRATION_VIEW)
def index(code: str) -> ResponseReturnValue:
    """List the registrations a person may see, with counts and sums."""
    session, actor, project_id = db.session(), current_actor(), current_project_id()
    categories, form = list_categories(session, project_id), RegistrationFilterForm(request.args)
    form.offer_categories(categories)
    search = _read_search(form)
    page = paginate_rows(select_rows(project_id, search, actor=actor), page_number(request.args.get("page")))
    return render_template(
        "registrations/index.html",
        code=code,
        project=current_project(),
        form=form,
        page=page,
        names=[show_name(row) for row in page.items],
        totals=count_totals(session, project_id, search, actor=actor),
        states=RegistrationState,
        categories=categories,
        is_searched=search != RegistrationSearch(),
        can=lambda permission: actor.can(Permission(permission), project_id),
    )


@bp.route("/p/<code>/registrations/export.<kind>")
@requires(Permission.REGISTRATION_VIEW)
def export(code: str, kind: str) -> ResponseReturnValue:
    """Give out what the list shows as a workbook or a CSV; names as the person may read them, no phones."""
    if kind not in MEDIA_TYPES:
        raise NotFound(_l("There is no such thing here. Check the address."))
    session, project, form = db.session(), current_project(), RegistrationFilterForm(request.args)
    form.offer_categories(list_categories(session, project.id))
    statement = select_rows(project.id, _read_search(form), actor=current_actor())
    rows = session.execute(statement).all()
    names = [show_name(row) for row in rows]
    data = build_csv(rows, names) if kind == "csv" else build_workbook(rows, project, names)
    return send_file(data, f"{code}-registrations.{kind}", MEDIA_TYPES[kind], place="attachment")


def show_name(row: Any) -> str:
    """Return the customer's name of a row as the person may read it."""
    registration = row.Registration
    is_shown = may_name(current_actor(), registration.project_id, registration.rep_id)
    return row.customer_name if is_shown else mask_name(row.customer_name)


def send_file(data: bytes, name: str, media_type: str, *, place: str = "inline") -> Response:
    """Answer with a file."""
    response = make_response(data)
    response.content_type = media_type
    response.headers["Content-Disposition"] = f'{place}; filename="{name}"'
    return response


def _read_search(form: RegistrationFilterForm) -> RegistrationSearch:
    form.validate()
    text = tidy_text(form.q.data or "")[:100]
    category = form.category.data if not form.category.errors else None
    return RegistrationSearch(text, category, form.state.data)
