"""The first page: what the person does now, in each of their projects."""

from flask import render_template
from flask.typing import ResponseReturnValue

from salesoffice.infra.db import db
from salesoffice.projects.queries import list_projects
from salesoffice.web.navigation import build_tasks, build_waiting
from salesoffice.web.queries import count_day, count_waiting
from salesoffice.web.views.blueprint import bp
from salesoffice.webkit.access import current_actor, signed_in
from salesoffice.worklist import queries as worklist


@bp.route("/")
@signed_in
def home() -> ResponseReturnValue:
    actor = current_actor()
    projects = list_projects(db.session(), actor)
    ids = [project.id for project in projects]
    figures = count_day(db.session(), actor, ids)
    waiting = count_waiting(db.session(), ids)
    counts = worklist.count_waiting(db.session(), actor, ids)
    cards = [
        (
            project,
            figures[project.id],
            build_waiting(actor, project, waiting[project.id], counts[project.id]),
            build_tasks(actor, project),
        )
        for project in projects
    ]
    return render_template("web/home.html", cards=cards)
