"""The sale-status board, its print and the wall display."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.board.documents.board import answer_poll, build_poll_response
from salesoffice.board.documents.fragments import Fragment, group_by_house, house_key, list_fragments
from salesoffice.board.documents.grid import GridStyle, build_house
from salesoffice.board.documents.paper import build_board_pdf
from salesoffice.board.forms import BoardFilterForm
from salesoffice.board.queries.board import (
    Freshness,
    find_project_of_wall,
    get_freshness,
    get_structure,
    list_houses,
    list_orientations,
    list_rows,
    list_types,
)
from salesoffice.board.rules import BoardFilter, count_states, share_of, sign_of
from salesoffice.board.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import UnitState
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l, current_language
from salesoffice.projects.models import Project
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, public, requires


@dataclass(frozen=True)
class LegendEntry:
    """One state in the legend."""

    state: UnitState
    sign: str
    count: int
    share: object


@bp.route("/p/<code>/board")
@requires(Permission.BOARD_VIEW)
def show(code: str) -> ResponseReturnValue:
    """Show the board of a project."""
    project, now, session = current_project(), clock.now(), db.session()
    freshness = get_freshness(session, project.id, now)
    form = BoardFilterForm(request.args)
    form.offer(
        list_houses(session, project.id),
        list_types(session, project.id),
        list_orientations(session, project.id),
    )
    form.validate()
    style = GridStyle(current_language(), form.read_show())
    fragments = _list_fragments(project, form, freshness, now, style)
    return render_template(
        "board/board.html",
        project=project,
        code=code,
        form=form,
        houses=fragments,
        legend=_legend(fragments),
        total=sum(sum(fragment.counts.values()) for fragment in fragments),
        is_filtered=not form.read_filter().is_empty or form.read_building() is not None,
        version=freshness.sequence,
        tag=freshness.tag,
        now=now,
        can=lambda permission: current_actor().can(Permission(permission), project.id),
    )


@bp.route("/p/<code>/board/print")
@requires(Permission.BOARD_PRINT)
def print_board(code: str) -> ResponseReturnValue:
    """Print the board as PDF, a building per sheet; `building` chooses one."""
    project = current_project()
    house = request.args.get("building", type=int)
    pdf = build_board_pdf(db.session(), project, at=clock.now(), house_id=house)
    response = make_response(pdf)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="board-{code}.pdf"'
    return response


@bp.route("/wall/<token>")
@public
def wall(token: str) -> ResponseReturnValue:
    """Show the board on a wall display: states only, no sign-in."""
    project, now, session = _project_of(token), clock.now(), db.session()
    freshness = get_freshness(session, project.id, now)
    style = GridStyle(current_language(), "room", is_linked=False)
    fragments = list_fragments(session, project.id, freshness=freshness, now=now, style=style)
    return render_template(
        "board/wall.html",
        project=project,
        token=token,
        houses=fragments,
        legend=_legend(fragments),
        total=sum(sum(fragment.counts.values()) for fragment in fragments),
        version=freshness.sequence,
        tag=freshness.tag,
        now=now,
    )


@bp.route("/wall/<token>/state")
@public
def wall_state(token: str) -> ResponseReturnValue:
    """Tell a wall display what changed since a version."""
    project = _project_of(token)
    since = max(0, request.args.get("since", default=0, type=int))
    found = answer_poll(
        db.session(), project.id, since=since, known_tag=request.headers.get("If-None-Match"), now=clock.now()
    )
    return build_poll_response(found)


def _list_fragments(
    project: Project, form: BoardFilterForm, freshness: Freshness, now: datetime, style: GridStyle
) -> list[Fragment]:
    wanted, house_id = form.read_filter(), form.read_building()
    if wanted.is_empty:
        fragments = list_fragments(db.session(), project.id, freshness=freshness, now=now, style=style)
        return [fragment for fragment in fragments if house_id in {None, fragment.house.id}]
    return _list_matching(project, wanted, house_id, now, style)


def _list_matching(
    project: Project, wanted: BoardFilter, house_id: int | None, now: datetime, style: GridStyle
) -> list[Fragment]:
    session = db.session()
    names = get_structure(session, project.id)
    chosen = None if house_id is None else {house_id}
    grouped = group_by_house(list_rows(session, project.id, now=now, building_ids=chosen))
    fragments = []
    for house in sorted(names.buildings, key=house_key):
        units = grouped.get(house.id, [])
        matching = {unit.id: unit.state for unit in units if wanted.fits(unit)}
        if matching:
            html = build_house(
                house, units, names.sections, names.floors, names.types, style, matching=matching.keys()
            )
            fragments.append(Fragment(house, html, count_states(matching.values()), None))
    return fragments


def _legend(fragments: list[Fragment]) -> list[LegendEntry]:
    counts = {
        state: sum(fragment.counts.get(state.value, 0) for fragment in fragments) for state in UnitState
    }
    total = sum(counts.values())
    return [
        LegendEntry(state, sign_of(state, current_language()), count, share_of(count, total))
        for state, count in counts.items()
    ]


def _project_of(token: str) -> Project:
    digest = hashlib.sha256(token.encode()).hexdigest()
    project = find_project_of_wall(db.session(), digest)
    if project is None:
        raise NotFound(_l("This wall display is not in use. Ask the manager for its address."))
    return project
