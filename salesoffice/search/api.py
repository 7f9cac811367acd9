"""JSON API of the search."""

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.search.documents import HitGroup, build_groups
from salesoffice.search.queries import Search, find_all
from salesoffice.search.schemas import AnswerSchema, SearchQuerySchema
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("search", "Search over everything")


@blp.route("/projects/<code>/search")
@requires(Permission.PROJECT_VIEW)
@blp.arguments(SearchQuerySchema, location="query")
@blp.response(200, AnswerSchema)
def search(query: dict[str, object], code: str) -> dict[str, list[HitGroup]]:
    """Search people, units, sales, agreements, contracts, registrations and changes that the person may see."""
    wanted = Search(db.session(), current_actor(), current_project().id, int(str(query["limit"])))
    return {"groups": build_groups(code, find_all(wanted, str(query["q"])))}
