"""The public price page of a project: no sign-in, the truth of the board, no personal data."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.board.documents.public import get_store
from salesoffice.board.enums import PublicState
from salesoffice.board.queries.board import get_freshness
from salesoffice.board.queries.public import (
    PublicFilter,
    PublicUnit,
    list_public_buildings,
    list_public_units,
    list_valid_permits,
)
from salesoffice.board.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.text import natural_key
from salesoffice.infra.db import db
from salesoffice.infra.i18n import LANGUAGES, _l, current_language, speak
from salesoffice.pricing.queries import version_in_force
from salesoffice.projects.models import Project
from salesoffice.projects.queries import find_project
from salesoffice.webkit.access import public
from salesoffice.webkit.pager import Page, page_number

PER_PAGE = 100
LONGEST_SEARCH = 40


@bp.route("/prices/<code>")
@public
def public_prices(code: str) -> ResponseReturnValue:
    """Show the prices of all units on sale, a building at a time; 404 where the project keeps the page closed."""
    project = find_project(db.session(), code)
    if project is None or not project.is_price_page_public:
        raise NotFound(_l("There is no public price page here."))
    wanted = request.args.get("lang", "")
    with speak(wanted if wanted in LANGUAGES else current_language()):
        return _answer(project)


def _answer(project: Project) -> ResponseReturnValue:
    now = clock.now()
    freshness = get_freshness(db.session(), project.id, now)
    language = current_language()
    tag = f"{freshness.tag}.{clock.business_day_of(now):%Y%m%d}.{language[:2]}"
    etag = f'"{tag}"'
    known = request.headers.get("If-None-Match", "")
    if etag in known:
        response = make_response("", 304)
    else:
        address = f"{language} {project.code}?{urlencode(sorted(request.args.items(multi=True)))}"
        response = make_response(get_store().get(address, tag, lambda: _write(project)))
        response.content_type = "text/html; charset=utf-8"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def _write(project: Project) -> str:
    session, now = db.session(), clock.now()
    version = version_in_force(session, project.id)
    buildings = list_public_buildings(session, project.id, now)
    chosen = _choose(buildings)
    every = list_public_units(session, project.id, version=version, building_id=chosen, now=now)
    wanted = _read_filter()
    units = [unit for unit in every if wanted.fits(unit)]
    types = {unit.unit_type_id: unit.unit_type for unit in every if unit.unit_type_id}
    return render_template(
        "board/public_prices.html",
        project=project,
        version=version,
        permits=list_valid_permits(session, project.id, now),
        buildings=buildings,
        chosen=chosen,
        types=sorted(types.items(), key=lambda item: natural_key(item[1])),
        states=list(PublicState),
        wanted=wanted,
        page=_cut(units, page_number(request.args.get("page"))),
        now=now,
    )


def _choose(buildings: Sequence[tuple[int, str]]) -> int | None:
    """Return the building asked for, the first one when none or another project's is asked for."""
    ids = [building_id for building_id, _name in buildings]
    asked = request.args.get("building", type=int)
    return asked if asked in ids else next(iter(ids), None)


def _read_filter() -> PublicFilter:
    """Read what a visitor looks for; what is not understood asks for nothing."""
    state = request.args.get("state", "")
    return PublicFilter(
        unit_type_id=request.args.get("type", type=int),
        state=PublicState(state) if state in set(PublicState) else None,
        q=request.args.get("q", "").strip()[:LONGEST_SEARCH],
    )


def _cut(units: list[PublicUnit], wanted: int) -> Page[PublicUnit]:
    number = min(wanted, max(1, -(-len(units) // PER_PAGE)))
    first = (number - 1) * PER_PAGE
    return Page(units[first : first + PER_PAGE], number, PER_PAGE, len(units))
