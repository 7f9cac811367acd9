"""The JSON API's shared pieces: problem+json, and POSTs that do a thing once per Idempotency-Key."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from flask import Flask, Response, current_app, make_response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_smorest import Api, Blueprint
from marshmallow import Schema
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.infra.db import transaction
from salesoffice.infra.models import IdempotencyKey
from salesoffice.webkit.access import current_actor, is_api
from salesoffice.webkit.api_document import PROBLEM, DocumentedBlueprint, describe_moment

KEPT = timedelta(hours=72)
MAX_KEY_LENGTH = 255

_STATUS_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "too_many_requests",
    500: "fault",
}


class RequestRunning(DomainError):
    """The same key is being worked on at this moment."""

    def __init__(self) -> None:
        super().__init__(
            _l("The same request is still being worked on. Try again in a second."), code="request_running"
        )


class KeyReused(DomainError):
    """The key was used before for another request."""

    def __init__(self) -> None:
        super().__init__(
            _l("This Idempotency-Key was used for another request. Use a new key."),
            code="key_reused",
            status=422,
        )


class ProblemApi(Api):
    """The API's document and its error handler."""

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Answer an HTTP error: problem+json below /api/, a page elsewhere."""
        if is_api():
            return problem_from_http(error)
        return current_app.extensions["salesoffice_error_page"](error.code or 500)


def make_blueprint(name: str, description: str) -> Blueprint:
    """Build the API blueprint of a feature, mounted at /api/v1."""
    return DocumentedBlueprint(f"{name}_api", name, url_prefix="/api/v1", description=description)


def problem(
    status: int,
    code: str,
    detail: str,
    errors: tuple[FieldProblem, ...] = (),
    values: Mapping[str, object] | None = None,
) -> Response:
    """Build an application/problem+json answer."""
    body = {
        "type": f"/api/v1/problems/{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [{"field": item.field, "message": str(item.message)} for item in errors],
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    body |= {name: value for name, value in (values or {}).items() if name not in body}
    response = make_response(json.dumps(body, ensure_ascii=False, default=str), status)
    response.content_type = PROBLEM
    return response


def problem_from_domain(error: DomainError) -> Response:
    """Build the answer to an expected refusal."""
    response = problem(error.status, error.code, str(error.message), error.errors, error.values)
    if isinstance(error, RequestRunning):
        response.headers["Retry-After"] = "1"
    return response


def problem_from_http(error: HTTPException) -> Response:
    """Build the answer to an HTTP error; shape errors of the body are listed by field."""
    status = error.code or 500
    messages: Mapping[str, Any] = getattr(error, "data", {}).get("messages", {})
    errors = tuple(_flatten(messages))
    detail = _("Some fields are wrong; see errors.") if errors else (error.description or "")
    response = problem(status, _STATUS_CODES.get(status, "http_error"), detail, errors)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def writes(
    schema: type[Schema], status: int = 200
) -> Callable[[Callable[..., object]], Callable[..., Response]]:
    """Run a POST in one transaction, once per Idempotency-Key, and dump its result by the schema.

    The key's row, with the answer, is part of the same transaction as the effect. Refusals are not remembered: they
    had no effect, and the same request may be right a minute later.
    """

    def decorate(view: Callable[..., object]) -> Callable[..., Response]:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key")
            if key is not None and not 0 < len(key) <= MAX_KEY_LENGTH:
                raise DomainError(
                    _l("An Idempotency-Key has 1 to 255 characters."), code="invalid_input", status=422
                )
            with transaction() as session:
                earlier = _find_earlier(session, key) if key else None
                if earlier is not None:
                    return _answer(earlier.body, earlier.status, is_replayed=True)
                body = json.dumps(schema().dump(view(*args, **kwargs)), ensure_ascii=False)
                if key:
                    _remember(session, key, status, body)
            return _answer(body, status)

        return wrapper

    return decorate


def forget_old_keys(session: Session) -> int:
    """Delete keys older than 72 hours; return how many."""
    statement = delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT)
    return len(session.scalars(statement.returning(IdempotencyKey.id)).all())


def init_api(app: Flask) -> Api:
    """Create the API document and the error handlers."""
    api = ProblemApi(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"bearer": []}]
    api.ma_plugin.converter.add_attribute_function(describe_moment)
    app.before_request(_refuse_unstorable_text)
    return api


def _refuse_unstorable_text() -> None:
    """Refuse a JSON body with NUL or half a surrogate pair in a text: no database stores them."""
    if is_api() and request.is_json:
        places = tuple(_find_unstorable(request.get_json(silent=True)))
        if places:
            message = _l("This text has signs that cannot be stored.")
            problems = [FieldProblem(place, message) for place in places]
            raise InvalidInput(_l("Some fields are wrong; see errors."), problems)


def _find_unstorable(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value):
        yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _find_unstorable(name, path)
            yield from _find_unstorable(item, f"{path}.{name}".strip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find_unstorable(item, f"{path}.{index}".strip("."))


def _find_earlier(session: Session, key: str) -> IdempotencyKey | None:
    actor_id = current_actor().id
    if session.get_bind().dialect.name == "postgresql":
        digest = hashlib.sha256(f"{actor_id}:{key}".encode()).digest()
        is_free = session.scalar(
            select(func.pg_try_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True)))
        )
        if not is_free:
            raise RequestRunning
    statement = select(IdempotencyKey).where(IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key)
    earlier = session.scalars(statement).one_or_none()
    if earlier is not None and earlier.created_at < clock.now() - KEPT:
        session.delete(earlier)
        session.flush()
        return None
    if earlier is not None and earlier.fingerprint != _fingerprint():
        raise KeyReused
    return earlier


def _remember(session: Session, key: str, status: int, body: str) -> None:
    session.add(
        IdempotencyKey(
            actor_id=current_actor().id,
            key=key,
            fingerprint=_fingerprint(),
            status=status,
            body=body,
            created_at=clock.now(),
        )
    )


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":  # its boundary differs each time, and it was read already
        digest.update(repr(sorted(request.form.items(multi=True))).encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            file.seek(0)
            digest.update(f"{name} {file.filename}\n".encode() + file.read())
            file.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()


def _answer(body: str, status: int, *, is_replayed: bool = False) -> Response:
    response = make_response(body, status)
    response.content_type = "application/json"
    if is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _flatten(messages: Mapping[str, Any], path: str = "") -> list[FieldProblem]:
    found: list[FieldProblem] = []
    for name, value in messages.items():
        where = path if name in {"json", "query", "form", "files", "_schema"} else f"{path}.{name}".strip(".")
        if isinstance(value, Mapping):
            found += _flatten(value, where)
        else:
            found += [FieldProblem(where, str(message)) for message in value]
    return found
