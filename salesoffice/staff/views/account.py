"""One's own account: profile, password, signed-in browsers; and the table of roles."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, NotAllowed
from salesoffice.core.permissions import Role
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l, remember_language
from salesoffice.staff.documents import build_permission_rows
from salesoffice.staff.enums import ROLE_LABELS
from salesoffice.staff.forms import PasswordForm, ProfileForm
from salesoffice.staff.models import User
from salesoffice.staff.queries import current_user_session, list_sessions, list_tokens, password_policy
from salesoffice.staff.rules import SHORTEST
from salesoffice.staff.services import change_password, change_profile, close_other_sessions, close_session_of
from salesoffice.staff.views.blueprint import bp, current_user
from salesoffice.webkit.access import current_actor, signed_in
from salesoffice.webkit.forms import fill_problem


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    user = _own_row()
    form = ProfileForm(obj=user)
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate() and _save_profile(form, user.id):
            return redirect(url_for("staff.account"))
    here = current_user_session()
    return render_template(
        "staff/account.html",
        form=form,
        user=user,
        sessions=list_sessions(db.session(), user.id),
        here_id=here.id if here else None,
        tokens=list_tokens(db.session(), user.id),
    ), status


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    user = _own_row()
    form = PasswordForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate() and _save_password(form, user.id):
            return redirect(url_for("web.home"))
    shortest = SHORTEST[password_policy()]
    return render_template(
        "staff/password.html", form=form, shortest=shortest, policy=password_policy(), user=user
    ), status


@bp.route("/account/sessions/<int:session_id>/close", methods=["POST"])
@signed_in
def close_one_session(session_id: int) -> ResponseReturnValue:
    user_id = _own_row().id
    with transaction() as session:
        close_session_of(session, user_id, session_id)
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("staff.account"))


@bp.route("/account/sessions/close-others", methods=["POST"])
@signed_in
def close_sessions() -> ResponseReturnValue:
    user_id = _own_row().id
    here = current_user_session()
    keep_id = here.id if here else None
    with transaction() as session:
        close_other_sessions(session, user_id, keep_id=keep_id)
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for("staff.account"))


@bp.route("/permissions")
@signed_in
def permissions() -> ResponseReturnValue:
    heads = [ROLE_LABELS[role] for role in Role]
    return render_template("staff/permissions.html", heads=heads, rows=build_permission_rows())


def _own_row() -> User:
    if "user" not in g:
        raise NotAllowed(_l("This page is for people, not for bearer tokens."))
    return current_user()


def _save_profile(form: ProfileForm, user_id: int) -> bool:
    try:
        with transaction() as session:
            change_profile(
                session,
                session.get_one(User, user_id),
                actor=current_actor(),
                name=form.name.data,
                phone=form.phone.data or "",
                locale=form.locale.data,
            )
    except DomainError as error:
        fill_problem(form, error)
        return False
    if form.locale.data:
        remember_language(form.locale.data)
    flash(_("Your account is saved."), "success")
    return True


def _save_password(form: PasswordForm, user_id: int) -> bool:
    here = current_user_session()
    keep_id = here.id if here else None
    try:
        with transaction() as session:
            change_password(
                session,
                session.get_one(User, user_id),
                actor=current_actor(),
                old=form.old.data,
                new=form.new.data,
                policy=password_policy(),
                keep_id=keep_id,
            )
    except DomainError as error:
        fill_problem(form, error)
        return False
    flash(_("Your password is changed. Other browsers are signed out."), "success")
    return True
