"""Pages of projects: list, a new one, the rules of one."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.forms import NewProjectForm, ProjectForm, RecipientForm
from salesoffice.projects.queries import (
    current_project,
    get_project,
    get_recipient,
    list_projects,
    list_recipients,
)
from salesoffice.projects.services import (
    ProjectRules,
    add_recipient,
    change_project,
    create_project,
    create_wall_token,
    remove_recipient,
    revoke_wall_token,
)
from salesoffice.webkit.access import current_actor, current_project_id, not_allowed, requires, signed_in
from salesoffice.webkit.fields import CountField
from salesoffice.webkit.forms import fill_problem

bp = Blueprint("projects", __name__)

RECIPIENT = "recipient-"
"""Keeps the two forms of the page apart."""


@bp.route("/projects")
@signed_in
def index() -> ResponseReturnValue:
    actor = current_actor()
    projects = list_projects(db.session(), actor)
    editable = {project.id for project in projects if actor.can(Permission.PROJECT_EDIT, project.id)}
    return render_template("projects/index.html", found=projects, editable=editable)


@bp.route("/projects/new", methods=["GET", "POST"])
@requires(Permission.PROJECT_EDIT)
def new() -> ResponseReturnValue:
    actor = current_actor()
    if not actor.can(Permission.PROJECT_EDIT):
        raise not_allowed()
    form = NewProjectForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            entered = {name: form[name].data or "" for name in ("code", "name", "city", "company", "address")}
            try:
                with transaction() as session:
                    project = create_project(session, actor=actor, **entered)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The project %(name)s is there. Check its rules now.", name=project.name), "success")
                return redirect(url_for("projects.settings", code=project.code))
    return render_template("projects/new.html", form=form), status


@bp.route("/p/<code>/settings", methods=["GET", "POST"])
@requires(Permission.PROJECT_EDIT)
def settings(code: str) -> ResponseReturnValue:
    form = ProjectForm(obj=current_project())
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            entered: dict[str, Any] = {field.name: _value(form, field.name) for field in fields(ProjectRules)}
            rules = ProjectRules(**entered)
            try:
                with transaction() as session:
                    project = get_project(session, current_project_id())
                    change_project(session, project, rules, actor=current_actor())
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The rules of the project are saved."), "success")
                return redirect(url_for("projects.settings", code=code))
    return _show(form, RecipientForm(formdata=None, prefix=RECIPIENT)), status


@bp.route("/p/<code>/settings/recipients", methods=["POST"])
@requires(Permission.PROJECT_EDIT)
def recipients(code: str) -> ResponseReturnValue:
    form = RecipientForm(prefix=RECIPIENT)
    status = 422
    if form.validate():
        try:
            with transaction() as session:
                project = get_project(session, current_project_id())
                add_recipient(
                    session, project, actor=current_actor(), email=form.email.data, name=form.name.data or ""
                )
        except DomainError as error:
            fill_problem(form, error)
            status = error.status
        else:
            flash(_("%(email)s receives the daily log from now on.", email=form.email.data), "success")
            return redirect(url_for("projects.settings", code=code))
    return _show(ProjectForm(formdata=None, obj=current_project()), form), status


@bp.route("/p/<code>/settings/recipients/<int:recipient_id>/remove", methods=["POST"])
@requires(Permission.PROJECT_EDIT)
def drop_recipient(code: str, recipient_id: int) -> ResponseReturnValue:
    with transaction() as session:
        recipient = get_recipient(session, current_project_id(), recipient_id)
        if recipient.is_active:
            remove_recipient(session, recipient, actor=current_actor())
    flash(_("%(email)s no longer receives the daily log.", email=recipient.email), "success")
    return redirect(url_for("projects.settings", code=code))


@bp.route("/p/<code>/settings/wall", methods=["POST"])
@requires(Permission.PROJECT_EDIT)
def open_wall(code: str) -> ResponseReturnValue:
    with transaction() as session:
        token = create_wall_token(session, get_project(session, current_project_id()), actor=current_actor())
    return render_template("projects/wall.html", address=f"{request.url_root}wall/{token}", code=code)


@bp.route("/p/<code>/settings/wall/revoke", methods=["POST"])
@requires(Permission.PROJECT_EDIT)
def close_wall(code: str) -> ResponseReturnValue:
    with transaction() as session:
        revoke_wall_token(session, get_project(session, current_project_id()), actor=current_actor())
    flash(_("The address of the wall display no longer works."), "success")
    return redirect(url_for("projects.settings", code=code))


def _value(form: ProjectForm, name: str) -> Any:
    value = form[name].data
    return "" if value is None and not isinstance(form[name], CountField) else value


def _show(form: ProjectForm, recipient_form: RecipientForm) -> str:
    project = current_project()
    return render_template(
        "projects/settings.html",
        form=form,
        recipient_form=recipient_form,
        project=project,
        recipients=list_recipients(db.session(), project.id),
    )
