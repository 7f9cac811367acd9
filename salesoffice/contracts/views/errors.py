"""How often entries of contracts are wrong, per person and month."""

from datetime import date

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.contracts.documents import XLSX, write_errors
from salesoffice.contracts.queries import ErrorReport, report_errors
from salesoffice.contracts.services.verifying import LABELS_OF_API
from salesoffice.contracts.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.calendar import add_months
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import requires
from salesoffice.webkit.fields import EARLIEST_DAY, LATEST_DAY

_MONTHS_SHOWN = 2


@bp.route("/p/<code>/entry-errors")
@requires(Permission.ENTRY_ERROR_VIEW)
def entry_errors(code: str) -> ResponseReturnValue:
    """Show the errors of a period."""
    return render_template("contracts/entry_errors.html", code=code, report=_report(), labels=LABELS_OF_API)


@bp.route("/p/<code>/entry-errors.xlsx")
@requires(Permission.ENTRY_ERROR_VIEW)
def entry_errors_workbook(code: str) -> ResponseReturnValue:
    """Download the errors of a period as a workbook."""
    report = _report()
    response: Response = make_response(write_errors(report, current_project().name))
    response.content_type = XLSX
    name = f"{code}-entry-errors-{report.first.isoformat()}-{report.last.isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _report() -> ErrorReport:
    """Report the period in the address: this month and the two before it unless it says otherwise."""
    today = clock.business_today()
    last = _read_day("to") or today
    first = _read_day("from") or add_months(last.replace(day=1), -_MONTHS_SHOWN)
    return report_errors(db.session(), current_project().id, min(first, last), max(first, last))


def _read_day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if EARLIEST_DAY <= day <= LATEST_DAY else None
