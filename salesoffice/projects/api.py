"""JSON API of projects."""

from typing import Any

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project_by_code, select_projects
from salesoffice.projects.schemas import ListQuery, ProjectListSchema, ProjectSchema
from salesoffice.webkit.access import current_actor, requires, signed_in
from salesoffice.webkit.api import make_blueprint
from salesoffice.webkit.pager import CursorPage, paginate_by_id

blp = make_blueprint("projects", "projects")


@blp.route("/projects")
@signed_in
@blp.arguments(ListQuery, location="query")
@blp.response(200, ProjectListSchema)
def projects(query: dict[str, Any]) -> CursorPage[Project]:
    """List the projects of the caller."""
    return paginate_by_id(select_projects(current_actor()), Project.id, **query)


@blp.route("/projects/<code>")
@requires(Permission.PROJECT_VIEW)
@blp.response(200, ProjectSchema)
def project(code: str) -> Project:
    """Return a project with the rules of its office."""
    return get_project_by_code(db.session(), code)
