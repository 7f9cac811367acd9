"""JSON API of the daily log."""

import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.dailylog.queries.logs import get_closed_log
from salesoffice.dailylog.schemas import DailyLogSchema, log_json
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import requires
from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("dailylog", "The daily log: closed days as they were sent")


@blp.route("/projects/<code>/daily-logs/<date>")
@requires(Permission.LOG_VIEW)
@blp.response(200, DailyLogSchema)
@blp.alt_response(404, description="the day is not closed yet, or there is no such day or project")
def show_log(code: str, date: str) -> dict[str, Any]:
    """Return the snapshot of a closed day as it was sent, with what was restated since."""
    try:
        asked = datetime.date.fromisoformat(date)
    except ValueError as error:
        raise NotFound(_l("A day is written YYYY-MM-DD.")) from error
    session = db.session()
    return log_json(session, code, get_closed_log(session, current_project().id, asked))
