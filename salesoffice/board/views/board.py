"""The sale-status board, its print and the wall display."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.board.documents.board import answer_poll, build_poll_response
from salesoffice.board.documents.fragments import (
    Fragment,
    get_board,
    group_by_house,
    house_key,
    list_orientations,
)
from salesoffice.board.documents.grid import GridStyle, build_house, look_up_words
from salesoffice.board.documents.paper import build_board_pdf
from salesoffice.board.enums import OVERLAY_LOOKS, CellLook
from salesoffice.board.forms import BoardFilterForm
from salesoffice.board.queries.board import Freshness, find_project_of_wall, get_freshness
from salesoffice.board.queries.rows import get_structure, list_batch_unit_ids, list_rows
from salesoffice.board.rules import count_looks, share_of, sign_of
from salesoffice.board.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l, current_language
from salesoffice.projects.models import Project
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, public, requires


@dataclass(frozen=True)
class LegendEntry:
    """One state in the legend."""

    state: CellLook
    sign: str
    count: int
    share: object

    @property
    def is_overlay(self) -> bool:
        """Whether it is no state but a legal overlay, shown only where there is one."""
        return self.state in OVERLAY_LOOKS


@bp.route("/p/<code>/board")
@requires(Permission.BOARD_VIEW)
def show(code: str) -> ResponseReturnValue:
    """Show the board of a project."""
    project, now, session = current_project(), clock.now(), db.session()
    freshness = get_freshness(session, project.id, now)
    form = BoardFilterForm(request.args)
    style = GridStyle(current_language(), form.read_show())
    if form.is_asking:
        fragments = _list_matching(project, form, freshness, now, style)
    else:
        fragments = _list_all(project, form, freshness, now, style)
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
    board = get_board(session, project.id, freshness=freshness, now=now, style=style)
    fragments = board.list_fragments()
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


def _list_all(
    project: Project, form: BoardFilterForm, freshness: Freshness, now: datetime, style: GridStyle
) -> list[Fragment]:
    """List the buildings, or the chosen one, and fill the form's lists with what the project has."""
    board = get_board(db.session(), project.id, freshness=freshness, now=now, style=style)
    form.offer(board.houses, board.types, board.batches, board.list_orientations())
    form.validate()
    house_id = form.read_building()
    return [fragment for fragment in board.list_fragments() if house_id in {None, fragment.house.id}]


def _list_matching(
    project: Project, form: BoardFilterForm, freshness: Freshness, now: datetime, style: GridStyle
) -> list[Fragment]:
    """List the buildings with a unit that fits what the form asks for; all of them when nothing readable is asked."""
    names = get_structure(db.session(), project.id)
    rows = list_rows(db.session(), project.id, now=now)
    form.offer(names.buildings, names.types, names.batches, sorted(list_orientations(rows)))
    form.validate()
    wanted, house_id = form.read_filter(), form.read_building()
    if wanted.is_empty:
        return _list_all(project, form, freshness, now, style)
    if wanted.batch_id is not None:
        units_of_batch = list_batch_unit_ids(db.session(), project.id, wanted.batch_id)
        wanted = replace(wanted, batch_units=units_of_batch)
    grouped, words = group_by_house(rows), look_up_words()
    fragments = []
    for house in sorted(names.buildings, key=house_key):
        units = grouped[house.id] if house_id in {None, house.id} else []
        matching = {unit.id: unit.state for unit in units if wanted.fits(unit)}
        if matching:
            html = build_house(
                house,
                units,
                names.sections,
                names.floors,
                names.types,
                style,
                words,
                matching=matching.keys(),
            )
            counts = count_looks(matching.values())
            fragments.append(Fragment(house, html, counts, list_orientations(units), None))
    return fragments


def _legend(fragments: list[Fragment]) -> list[LegendEntry]:
    counts = {state: sum(fragment.counts.get(state.value, 0) for fragment in fragments) for state in CellLook}
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
