"""The public page of a price version, behind the code on every print: whether its prices still hold."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.infra.db import db
from salesoffice.infra.i18n import LANGUAGES, current_language, speak
from salesoffice.pricing.queries import get_version, version_in_force
from salesoffice.pricing.views.blueprint import bp
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.access import public


@bp.route("/prices/<code>/versions/<int:version>")
@public
def public_version(code: str, version: int) -> ResponseReturnValue:
    """Tell whether a version is in force, or since when it is superseded and by which; no prices."""
    session = db.session()
    project = get_project_by_code(session, code)
    found = get_version(session, project.id, version)
    wanted = request.args.get("lang", "")
    with speak(wanted if wanted in LANGUAGES else current_language()):
        page = render_template(
            "pricing/public_version.html",
            project=project,
            version=found,
            current=version_in_force(session, project.id),
            now=clock.now(),
        )
    response = make_response(page)
    response.headers["Cache-Control"] = "public, no-cache"
    return response
