"""Signing in and out, the language, and what every request of a signed-in browser goes through."""

from flask import flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import LANGUAGE_KEY, _, _l, remember_language
from salesoffice.staff.forms import LanguageForm, LoginForm
from salesoffice.staff.models import User
from salesoffice.staff.queries import (
    SESSION_KEY,
    current_user_session,
    find_user,
    load_actor,
    password_policy,
)
from salesoffice.staff.rules import TooManyAttempts, is_password_expired, safe_target
from salesoffice.staff.services import (
    SignIn,
    check_throttle,
    close_session,
    finish_sign_in,
    is_right_password,
    is_touch_due,
    note_lock,
    remember_locale,
    touch_session,
)
from salesoffice.staff.views.blueprint import bp, current_user
from salesoffice.webkit.access import is_api, public, signed_in
from salesoffice.webkit.forms import fill_problem

FREE_OF_PASSWORD_CHANGE = frozenset({"staff.password", "staff.logout", "staff.language"})


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    form = LoginForm()
    target = safe_target(request.values.get("next"))
    if request.method == "GET":
        if load_actor() is not None:
            return redirect(target)
        form.next.data = target
        return render_template("staff/login.html", form=form)
    status = 422
    headers: dict[str, str] = {}
    if form.validate():
        try:
            return _enter(form, target)
        except DomainError as error:
            fill_problem(form, error)
            status = error.status
            if isinstance(error, TooManyAttempts):
                headers["Retry-After"] = str(error.retry_after)
    form.next.data = target
    return render_template("staff/login.html", form=form), status, headers


@bp.route("/logout", methods=["POST"])
@signed_in
def logout() -> ResponseReturnValue:
    row = current_user_session()
    if row is not None:
        session_id = row.id
        with transaction() as session:
            close_session(session, session_id)
    _empty_cookie()
    flash(_("You are signed out."), "success")
    return redirect(url_for("staff.login"))


@bp.route("/language", methods=["POST"])
@public
def language() -> ResponseReturnValue:
    form = LanguageForm()
    if form.validate():
        remember_language(form.language.data)
        if load_actor() is not None and "user" in g:
            user_id = current_user().id
            with transaction() as session:
                remember_locale(session, session.get_one(User, user_id), form.language.data)
    return redirect(safe_target(form.next.data))


@bp.before_app_request
def keep_session() -> ResponseReturnValue | None:
    row = current_user_session()
    if row is None:
        return None
    if is_touch_due(row):
        session_id = row.id
        with transaction() as session:
            touch_session(session, session_id)
    if request.endpoint in FREE_OF_PASSWORD_CHANGE or not _must_change_password(current_user()):
        return None
    if is_api():
        raise NotAllowed(_l("Change your password first."))
    return redirect(url_for("staff.password"))


def _enter(form: LoginForm, target: str) -> ResponseReturnValue:
    attempt = SignIn(
        email=str(form.email.data).lower(),
        address=(request.remote_addr or "")[:64],
        user_agent=request.user_agent.string,
    )
    check_throttle(db.session(), attempt)
    user = find_user(db.session(), attempt.email)
    is_right = is_right_password(user, form.password.data) and user is not None and user.is_active
    with transaction() as session:
        token = finish_sign_in(session, attempt, user if is_right else None)
        note_lock(session, attempt, user)
    if token is None or user is None:
        message = _l(
            "E-mail or password is not right. After five wrong attempts the account is locked for a while."
        )
        raise DomainError(message, code="wrong_password", status=422)
    _empty_cookie()
    cookie[SESSION_KEY] = token
    if user.locale and LANGUAGE_KEY not in cookie:
        remember_language(user.locale)
    return redirect(target)


def _empty_cookie() -> None:
    """Start with a fresh cookie, so that nothing planted before the sign-in survives; the language stays."""
    chosen = cookie.get(LANGUAGE_KEY)
    cookie.clear()
    if chosen:
        remember_language(chosen)


def _must_change_password(user: User) -> bool:
    return user.must_change_password or is_password_expired(
        password_policy(), user.password_changed_at, clock.now()
    )
