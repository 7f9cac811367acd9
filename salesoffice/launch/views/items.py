"""One item of the launch checklist: who, until when, its paper, ticked or not needed."""

import io
from collections.abc import Callable

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.queries import get_batch
from salesoffice.launch.forms import ItemForm
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.queries import collect_facts, get_item, list_items, list_members
from salesoffice.launch.services import assign_item, attach_file, close_item, reopen_item, skip_item
from salesoffice.launch.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import Problem, fill_problem


@bp.route("/p/<code>/launch/items/<int:item_id>", methods=["GET", "POST"])
@requires(Permission.LAUNCH_EDIT)
def item(code: str, item_id: int) -> ResponseReturnValue:
    """Say who sees to an item and until when, keep its paper."""
    found = _load(item_id)
    form = ItemForm(obj=found)
    form.owner_id.choices = _choose_owner()
    if not form.is_submitted():
        form.owner_id.data = str(found.owner_id or "")
        return _show(found, form)
    if not form.validate():
        return _show(found, form, UNPROCESSABLE)
    try:
        _save(found, form)
    except DomainError as error:
        fill_problem(form, error)
        return _show(_load(item_id), form, error.status)
    flash(_("The item was saved."), "success")
    return redirect(url_for("launch.batch", code=code, batch_id=found.batch_id))


@bp.route("/p/<code>/launch/items/<int:item_id>/done", methods=["POST"])
@requires(Permission.LAUNCH_EDIT)
def tick(code: str, item_id: int) -> ResponseReturnValue:
    """Tick an item."""
    return _move(item_id, lambda session, found: close_item(session, found, actor=current_actor()))


@bp.route("/p/<code>/launch/items/<int:item_id>/reopen", methods=["POST"])
@requires(Permission.LAUNCH_EDIT)
def reopen(code: str, item_id: int) -> ResponseReturnValue:
    """Take back that an item is done or not needed."""
    return _move(item_id, lambda session, found: reopen_item(session, found, actor=current_actor()))


@bp.route("/p/<code>/launch/items/<int:item_id>/skip", methods=["POST"])
@requires(Permission.LAUNCH_EDIT)
def skip(code: str, item_id: int) -> ResponseReturnValue:
    """Say that an item is not needed, and why; what else was typed is not saved."""
    found, form = _load(item_id), ItemForm()
    form.owner_id.choices = _choose_owner()
    if not form.validate():
        return _show(found, form, UNPROCESSABLE)
    try:
        with transaction() as session:
            fresh = get_item(session, found.project_id, item_id)
            skip_item(session, fresh, actor=current_actor(), reason=form.note.data or "")
    except DomainError as error:
        fill_problem(form, error)
        return _show(_load(item_id), form, error.status)
    return redirect(url_for("launch.batch", code=code, batch_id=found.batch_id))


@bp.route("/p/<code>/launch/items/<int:item_id>/file")
@requires(Permission.LAUNCH_VIEW)
def paper(code: str, item_id: int) -> ResponseReturnValue:
    """Show the paper of an item."""
    found = _load(item_id)
    if found.file_id is None:
        raise NotFound(_l("No paper is kept with this item yet."))
    stored = get_file(db.session(), found.file_id)
    return send_file(io.BytesIO(read_file(stored)), stored.media_type, download_name=stored.name)


def _load(item_id: int) -> LaunchItem:
    return get_item(db.session(), current_project_id(), item_id)


def _choose_owner() -> list[tuple[str, str]]:
    members = list_members(db.session(), current_project_id())
    return [("", _("Nobody yet")), *((str(user_id), name) for user_id, name in members.items())]


def _save(found: LaunchItem, form: ItemForm) -> None:
    file = form.file.data
    data = file.read() if isinstance(file, FileStorage) and file.filename else b""
    owner_id = int(form.owner_id.data) if form.owner_id.data else None
    with transaction() as session:
        fresh = get_item(session, found.project_id, found.id)
        note = form.note.data or ""
        assign_item(
            session, fresh, actor=current_actor(), owner_id=owner_id, due_on=form.due_on.data, note=note
        )
        if data:
            attach_file(session, fresh, actor=current_actor(), data=data, name=file.filename or "")


def _move(item_id: int, change: Callable[[Session, LaunchItem], LaunchItem]) -> ResponseReturnValue:
    found = _load(item_id)
    try:
        with transaction() as session:
            change(session, get_item(session, found.project_id, item_id))
    except DomainError as error:
        form = ItemForm(formdata=None, obj=found)
        form.owner_id.choices = _choose_owner()
        form.owner_id.data = str(found.owner_id or "")
        form.problem = Problem(error.message)
        return _show(_load(item_id), form, error.status)
    return redirect(url_for("launch.batch", code=current_project().code, batch_id=found.batch_id))


def _show(found: LaunchItem, form: ItemForm, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    batch = get_batch(session, found.project_id, found.batch_id)
    lines = list_items(session, batch, collect_facts(session, batch))
    line = next(line for line in lines if line.item.id == found.id)
    page = render_template("launch/item.html", project=current_project(), batch=batch, line=line, form=form)
    return page, status
