"""Who may call a route. Every route says so by `requires`, `signed_in` or `public`; one before-request hook enforces it.

A route under `/p/<code>/` or `/api/v1/projects/<code>` is checked against that project at once. A route that names an
object by its id is checked for "somewhere" at once and must call `authorise(project_id)` when the object is loaded:
for a stranger the object does not exist (404), for a member without the permission it is refused (403).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFProtect

from salesoffice.core.errors import DomainError, NotAllowed, NotFound
from salesoffice.core.permissions import Actor, Permission

csrf = CSRFProtect()

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ProjectLike(Protocol):
    """What the hook needs to know of a project."""

    @property
    def id(self) -> int: ...


@dataclass(frozen=True)
class Access:
    """What a route asks of the caller."""

    is_public: bool = False
    permission: Permission | None = None


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token is not known."""

    def __init__(self) -> None:
        super().__init__(_l("Sign in first."), code="not_signed_in", status=401)


def requires(permission: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a route: only people whose role has the permission."""
    return _mark(Access(permission=permission))


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a route: anybody who is signed in."""
    return _mark(Access())(view)


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a route: no sign-in needed."""
    return _mark(Access(is_public=True))(view)


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a route asks of the caller; None when it forgot to say."""
    return getattr(view, "salesoffice_access", None)


def current_actor() -> Actor:
    """Return the person who is signed in."""
    actor: Actor = g.actor
    return actor


def current_project_id() -> int:
    """Return the id of the project in the address."""
    project_id: int = g.project.id
    return project_id


def authorise(project_id: int) -> None:
    """Check the route's permission for the project of the object it loaded."""
    actor = current_actor()
    if not actor.is_member(project_id):
        raise NotFound(_l("There is no such thing here. Check the address."))
    permission: Permission | None = g.permission
    if permission is not None and not actor.can(permission, project_id):
        raise not_allowed()


def not_allowed() -> NotAllowed:
    """Build the refusal for a role that lacks the permission."""
    return NotAllowed(_l("Your role does not permit this. Ask the sales manager."))


def init_access(
    app: Flask, *, load_actor: Callable[[], Actor | None], load_project: Callable[[str], ProjectLike | None]
) -> None:
    """Install the hook. `load_actor` reads the session or the bearer token, `load_project` finds a project by code."""
    csrf.init_app(app)

    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        access = _access_of_endpoint(app, request.endpoint)
        g.permission = access.permission
        if access.is_public:
            return None
        actor = load_actor()
        if actor is None:
            return _ask_to_sign_in()
        g.actor = actor
        if app.config["WTF_CSRF_ENABLED"] and request.method not in SAFE_METHODS and not has_bearer():
            csrf.protect()
        _enter_project(actor, access, load_project)
        return None


def has_bearer() -> bool:
    """Tell whether the request carries a bearer token (then no cookie is read and no CSRF token is needed)."""
    return request.headers.get("Authorization", "").startswith("Bearer ")


def is_api() -> bool:
    """Tell whether the caller wants problem+json rather than a page."""
    return request.path.startswith("/api/")


def _mark(access: Access) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        wrapper.salesoffice_access = access  # type: ignore[attr-defined]
        return wrapper

    return decorate


def _access_of_endpoint(app: Flask, endpoint: str) -> Access:
    access = access_of(app.view_functions[endpoint])
    if access is None:
        raise RuntimeError(f"{endpoint} does not say who may call it")
    return access


def _ask_to_sign_in() -> Response:
    if is_api():
        raise NotSignedIn
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("staff.login", next=target if target != "/" else None))  # type: ignore[return-value]


def _enter_project(actor: Actor, access: Access, load_project: Callable[[str], ProjectLike | None]) -> None:
    code = (request.view_args or {}).get("code")
    if code is None:
        if access.permission is not None and not _can_somewhere(actor, access.permission):
            raise not_allowed()
        return
    project = load_project(code)
    if project is None or not actor.is_member(project.id):
        raise NotFound(_l("There is no such project, or you do not belong to it."))
    g.project = project
    if access.permission is not None and not actor.can(access.permission, project.id):
        raise not_allowed()


def _can_somewhere(actor: Actor, permission: Permission) -> bool:
    return actor.can(permission) or any(actor.can(permission, project_id) for project_id in actor.roles)
