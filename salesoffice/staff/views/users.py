"""Users, for the administrator of the installation."""

from collections.abc import Callable
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission, Role
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.queries import list_projects
from salesoffice.staff.enums import ROLE_LABELS
from salesoffice.staff.forms import NewUserForm, UserForm
from salesoffice.staff.models import User
from salesoffice.staff.queries import get_user, list_sessions, list_tokens, password_policy, select_users
from salesoffice.staff.services import (
    Person,
    change_user,
    close_user,
    create_user,
    generate_password,
    reopen_user,
    reset_password,
    unlock_user,
)
from salesoffice.staff.views.blueprint import bp
from salesoffice.webkit.access import current_actor, not_allowed, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate

F = TypeVar("F", bound=UserForm)


@bp.route("/users")
@requires(Permission.USER_MANAGE)
def users() -> ResponseReturnValue:
    _for_installation()
    search = request.args.get("q", "")[:100]
    page = paginate(select_users(search), page_number(request.args.get("page")))
    names = {project.id: project.name for project in list_projects(db.session(), current_actor())}
    return render_template(
        "staff/users.html",
        page=page,
        search=search,
        names=names,
        role_labels=ROLE_LABELS,
        moment_now=clock.now(),
    )


@bp.route("/users/new", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def new_user() -> ResponseReturnValue:
    _for_installation()
    form = _with_roles(NewUserForm())
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            typed = form.password.data or ""
            made = "" if typed else generate_password()
            try:
                with transaction() as session:
                    user = _create(session, form, typed or made)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                if made:
                    return render_template("staff/initial_password.html", user=user, password=made)
                flash(_("%(name)s may sign in now.", name=user.name), "success")
                return redirect(url_for("staff.users"))
    return _show_form(form, None), status


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.USER_MANAGE)
def user(user_id: int) -> ResponseReturnValue:
    _for_installation()
    found = get_user(db.session(), user_id)
    form = _with_roles(
        UserForm(obj=found, roles=[f"{item.project_id}:{item.role}" for item in found.memberships])
    )
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    change_user(session, get_user(session, user_id), _person(form), actor=current_actor())
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("%(name)s is saved.", name=form.name.data), "success")
                return redirect(url_for("staff.users"))
    return _show_form(form, found), status


@bp.route("/users/<int:user_id>/close", methods=["POST"])
@requires(Permission.USER_MANAGE)
def close(user_id: int) -> ResponseReturnValue:
    return _act(user_id, lambda session, found: close_user(session, found, actor=current_actor()))


@bp.route("/users/<int:user_id>/reopen", methods=["POST"])
@requires(Permission.USER_MANAGE)
def reopen(user_id: int) -> ResponseReturnValue:
    return _act(user_id, lambda session, found: reopen_user(session, found, actor=current_actor()))


@bp.route("/users/<int:user_id>/unlock", methods=["POST"])
@requires(Permission.USER_MANAGE)
def unlock(user_id: int) -> ResponseReturnValue:
    return _act(user_id, lambda session, found: unlock_user(session, found, actor=current_actor()))


@bp.route("/users/<int:user_id>/reset-password", methods=["POST"])
@requires(Permission.USER_MANAGE)
def reset(user_id: int) -> ResponseReturnValue:
    _for_installation()
    with transaction() as session:
        found = get_user(session, user_id)
        made = reset_password(session, found, actor=current_actor())
    return render_template("staff/initial_password.html", user=found, password=made)


def _for_installation() -> None:
    """Refuse the administrator of one project only: users belong to the whole installation."""
    if not current_actor().can(Permission.USER_MANAGE):
        raise not_allowed()


def _act(user_id: int, service: Callable[[Session, User], User]) -> ResponseReturnValue:
    _for_installation()
    try:
        with transaction() as session:
            found = service(session, get_user(session, user_id))
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        flash(str(error.message), "danger")
    else:
        flash(_("%(name)s is saved.", name=found.name), "success")
    return redirect(url_for("staff.user", user_id=user_id))


def _with_roles(form: F) -> F:
    projects = list_projects(db.session(), current_actor())
    form.roles.choices = [SelectChoice(f"{project.id}:{role}", "") for project in projects for role in Role]
    return form


def _person(form: UserForm) -> Person:
    pairs = (entry.partition(":") for entry in form.roles.data)
    roles = frozenset((int(project_id), Role(role)) for project_id, _colon, role in pairs)
    return Person(form.name.data, form.phone.data or "", form.is_admin.data, roles)


def _create(session: Session, form: NewUserForm, password: str) -> User:
    return create_user(
        session,
        _person(form),
        actor=current_actor(),
        email=form.email.data,
        password=password,
        policy=password_policy(),
    )


def _show_form(form: UserForm, found: User | None) -> str:
    session = db.session()
    return render_template(
        "staff/user.html",
        form=form,
        user=found,
        roles=[(role, ROLE_LABELS[role]) for role in Role],
        all_projects=list_projects(session, current_actor()),
        session_count=len(list_sessions(session, found.id)) if found else 0,
        token_count=len(list_tokens(session, found.id)) if found else 0,
    )
