"""JSON log lines with the request's id; never a personal number."""

import logging
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

_DETAIL = re.compile(r"DETAIL:.*")
_ID_SHAPE = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger("salesoffice")


def configure_logging(level: str) -> None:
    """Write every log line as one JSON object on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            drop_row_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level, logging.INFO)
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def drop_row_values(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out of an error what PostgreSQL tells of the row (`DETAIL: Failing row contains (…)`): names, phones."""
    if isinstance(event.get("exception"), str):
        event["exception"] = _DETAIL.sub("DETAIL: (not logged)", event["exception"])
    return event


def choose_request_id(given: str) -> str:
    """Return the caller's id of a request when it is well-formed, else a new one."""
    return given if _ID_SHAPE.fullmatch(given) else uuid.uuid4().hex


def name_answers(answer: Callable[..., Iterable[bytes]]) -> Any:
    """Let the answers that Flask never sees (static files) carry X-Request-ID and nosniff, too."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            known = {name.lower() for name, _value in headers}
            request_id = choose_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
            extra = (("X-Request-ID", request_id), ("X-Content-Type-Options", "nosniff"))
            added = [item for item in extra if item[0].lower() not in known]
            return start_response(status, [*headers, *added], *rest)

        return answer(environ, start)

    return application


def init_request_log(app: Flask) -> None:
    """Give every request an id (taken over from X-Request-ID when well-formed) and write one line per request."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        request_id = choose_request_id(given)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        g.request_id = request_id
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        request_id = g.get("request_id")
        if request_id is not None:
            response.headers["X-Request-ID"] = request_id
            milliseconds = round((time.perf_counter() - g.started) * 1000, 1)
            rule = request.url_rule.rule if request.url_rule else ""
            log.info(
                "request", method=request.method, route=rule, status=response.status_code, ms=milliseconds
            )
        return response
