"""One change: everything about it; withdrawn or undone."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.approvals.rules import name_part
from salesoffice.changes.documents import build_change_rows, name_people
from salesoffice.changes.enums import ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.queries import find_undo_offer
from salesoffice.changes.services import withdraw_change
from salesoffice.changes.views.blueprint import bp, load_change
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.services import take_back
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import Problem


@bp.route("/p/<code>/changes/<number>")
@requires(Permission.DEAL_VIEW)
def show(code: str, number: str) -> ResponseReturnValue:
    """Show what was asked, what it was before, who decided, and its papers."""
    return _show(code, load_change(number))


@bp.route("/p/<code>/changes/<number>/withdraw", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
def withdraw(code: str, number: str) -> ResponseReturnValue:
    """Take back a change that waits for approval."""
    change = load_change(number)
    try:
        with transaction() as session:
            withdraw_change(session, change, actor=current_actor())
    except DomainError as error:
        return _show(code, change, Problem(error.message), error.status)
    flash(_("Change %(number)s is withdrawn.", number=number), "success")
    return redirect(url_for("changes.show", code=code, number=number))


@bp.route("/p/<code>/changes/<number>/undo", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
def undo(code: str, number: str) -> ResponseReturnValue:
    """Take a cheap change back that was just made."""
    change = load_change(number)
    offer = find_undo_offer(db.session(), change)
    if offer is None:
        raise NotFound(_l("There is nothing to undo here."))
    try:
        with transaction() as session:
            take_back(session, offer, actor=current_actor())
    except DomainError as error:
        return _show(code, change, Problem(error.message), error.status)
    flash(_("Change %(number)s is undone.", number=number), "success")
    return redirect(url_for("changes.show", code=code, number=number))


def _show(
    code: str, change: Change, problem: Problem | None = None, status: int = 200
) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    session.refresh(change)
    tasks = change.request.tasks if change.request is not None else []
    people = [change.applicant_id, change.applied_by_id, change.undone_by_id]
    people += [person for task in tasks for person in (task.decided_by_id, task.for_user_id)]
    page = render_template(
        "changes/show.html",
        code=code,
        change=change,
        deal=change.deal,
        rows=build_change_rows(change),
        tasks=tasks,
        parts={task.id: name_part(task, {}) for task in tasks},
        names=name_people(session, people),
        problem=problem,
        may_withdraw=change.state is ChangeState.REQUESTED and change.applicant_id == actor.id,
        may_undo=_may_undo(find_undo_offer(session, change)),
    )
    return page, status


def _may_undo(offer: UndoOffer | None) -> bool:
    return (
        offer is not None
        and offer.undone_at is None
        and offer.actor_id == current_actor().id
        and offer.expires_at >= clock.now()
    )
