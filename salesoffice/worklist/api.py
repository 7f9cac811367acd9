"""JSON API of the work list."""

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.api import make_blueprint
from salesoffice.worklist.documents import SectionView, build_sections
from salesoffice.worklist.schemas import WorkSchema

blp = make_blueprint("worklist", "What waits")


@blp.route("/projects/<code>/work")
@requires(Permission.WORK_VIEW)
@blp.response(200, WorkSchema)
def list_work(code: str) -> dict[str, list[SectionView]]:
    """List what waits for the person in a project, section by section."""
    return {"sections": build_sections(db.session(), current_actor(), current_project())}
