"""Pages of what follows after signing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import get_deal_by_number
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.tracks.enums import TRACK_STEPS, TrackKind, TrackState
from salesoffice.tracks.forms import TrackForm
from salesoffice.tracks.queries import get_track, select_tracks
from salesoffice.tracks.services import move_track
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate

bp = Blueprint("tracks", __name__)

_LONGEST_SEARCH = 100


@bp.route("/p/<code>/tracks")
@requires(Permission.DEAL_VIEW_ALL)
def index(code: str) -> ResponseReturnValue:
    """List what is to be done after signing, what is due first on top."""
    kinds, states = {one.value: one for one in TrackKind}, {one.value: one for one in TrackState}
    kind, state = kinds.get(request.args.get("kind", "")), states.get(request.args.get("state", ""))
    query = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    statement = select_tracks(current_project().id, kind=kind, state=state, query=query)
    return render_template(
        "tracks/index.html",
        code=code,
        project=current_project(),
        page=paginate(statement, page_number(request.args.get("page"))),
        kinds=TrackKind,
        states=TrackState,
        kind=kind,
        state=state,
        query=query,
        today=clock.business_today(),
    )


@bp.route("/p/<code>/deals/<number>/tracks/<kind>", methods=["GET", "POST"])
@requires(Permission.TRACK_EDIT)
def move(code: str, number: str, kind: str) -> ResponseReturnValue:
    """Move a track of a sale on."""
    if kind not in {one.value for one in TrackKind}:
        raise NotFound(_l("There is no such track."))
    deal = get_deal_by_number(db.session(), current_project().id, number)
    track = get_track(db.session(), deal.id, TrackKind(kind))
    form, status = TrackForm(), 200
    form.state.choices = [("", _l("Please choose")), *_choices(track.state)]
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    move_track(session, deal, track.kind, actor=current_actor(), move=form.read_move())
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("“%(kind)s” is noted.", kind=track.kind.label), "success")
                return redirect(url_for("board.deal", code=code, number=number) + "#tracks")
    elif form.on.data is None:
        form.on.data = clock.business_today()
    return render_template("tracks/move.html", code=code, deal=deal, track=track, form=form), status


def _choices(current: TrackState) -> list[tuple[str, object]]:
    """List the states that follow, in their order."""
    return [(state.value, state.label) for state in TrackState if state in TRACK_STEPS[current]]
