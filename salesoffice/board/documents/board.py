"""The answer to "what changed on the board since version V"."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, jsonify, make_response
from sqlalchemy.orm import Session

from salesoffice.board.queries.board import count_by_look, find_changes, get_freshness, list_cells
from salesoffice.board.rules import sign_of
from salesoffice.infra.i18n import current_language


@dataclass(frozen=True)
class Answer:
    """What to answer: `body` None means that nothing changed since the tag that the caller knows."""

    etag: str
    body: dict[str, object] | None


def answer_poll(
    session: Session, project_id: int, *, since: int, known_tag: str | None, now: datetime
) -> Answer:
    """Tell what changed since a version, or that the caller's tag is still right.

    `changed` holds every unit with an audit entry after `since`, and those whose hold ran out and was not tidied yet.
    `rebuilt` says that everything may have changed (import, permit, prices): read the page again.
    """
    language = current_language()
    freshness = get_freshness(session, project_id, now)
    etag = f'"{freshness.tag}.{language[:2]}"'
    if known_tag is not None and etag in known_tag:
        return Answer(etag, None)
    changes = find_changes(session, project_id, since, freshness.sequence)
    cells = list_cells(session, project_id, changes, now=now)
    changed = [
        {"id": unit_id, "code": code, "state": state, "look": look, "sign": sign_of(look, language)}
        for unit_id, code, state, look in cells
    ]
    body: dict[str, object] = {
        "version": freshness.sequence,
        "changed": changed,
        "counts": count_by_look(session, project_id, now=now),
        "rebuilt": changes.unit_ids is None,
    }
    return Answer(etag, body)


def build_poll_response(found: Answer) -> Response:
    """Build the HTTP answer of a poll: the changes, or 304."""
    response = make_response("", 304) if found.body is None else jsonify(found.body)
    response.headers["ETag"] = found.etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
