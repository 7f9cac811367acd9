"""JSON API of deals: the papers attached to a sale."""

import io
from typing import Any

from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from salesoffice.core.errors import NotAllowed, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import AttachmentKind
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.deals.queries import get_attachment, get_deal, list_attachments, may_open, may_view_deal
from salesoffice.deals.rules import LARGEST_FILE
from salesoffice.deals.schemas import (
    AttachFileSchema,
    AttachFormSchema,
    AttachmentListSchema,
    AttachmentSchema,
    RemoveBodySchema,
)
from salesoffice.deals.services import attach, remove_attachment
from salesoffice.deals.services.attachments import keep_upload
from salesoffice.infra.db import db
from salesoffice.infra.files import read_file
from salesoffice.infra.i18n import _l
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("deals", "deals")

_ENVELOPE = 1024 * 1024


@blp.url_value_preprocessor
def allow_large_file(endpoint: str | None, _values: Any) -> None:
    """Let one whole file through; nothing else of the program takes that much."""
    if endpoint == "deals_api.post_attachment":
        request.max_content_length = LARGEST_FILE + _ENVELOPE


@blp.route("/deals/<int:deal_id>/attachments")
@requires(Permission.DEAL_VIEW)
@blp.response(200, AttachmentListSchema)
@blp.alt_response(404, description="not_found")
def show_attachments(deal_id: int) -> dict[str, Any]:
    """List the papers of a sale, also those that were taken out."""
    return {"items": list_attachments(db.session(), _load_deal(deal_id).id), "next_cursor": None}


@blp.route("/deals/<int:deal_id>/attachments", methods=["POST"])
@requires(Permission.ATTACHMENT_ADD)
@blp.arguments(AttachFileSchema, location="files")
@blp.arguments(AttachFormSchema, location="form")
@blp.response(201, AttachmentSchema)
@blp.alt_response(422, description="file_empty, file_too_large, file_kind_unknown")
@writes(AttachmentSchema, 201)
def post_attachment(files: dict[str, FileStorage], form: dict[str, str], deal_id: int) -> DealAttachment:
    """Attach a paper to a sale; the same file of the same kind is attached once."""
    deal, session = _load_deal(deal_id), db.session()
    name = files["file"].filename or ""
    stored = keep_upload(session, deal, data=files["file"].read(), name=name)
    kind = AttachmentKind(form["kind"])
    return attach(session, deal, actor=current_actor(), kind=kind, name=stored.name, stored=stored)


@blp.route("/attachments/<int:attachment_id>/remove", methods=["POST"])
@requires(Permission.ATTACHMENT_ADD)
@blp.arguments(RemoveBodySchema)
@blp.response(200, AttachmentSchema)
@blp.alt_response(409, description="wrong_state (taken out already)")
@writes(AttachmentSchema)
def post_removal(body: dict[str, str], attachment_id: int) -> DealAttachment:
    """Take a paper out with a reason; it stays on record."""
    found = _load_attachment(attachment_id)
    return remove_attachment(db.session(), found, actor=current_actor(), reason=body["reason"])


@blp.route("/attachments/<int:attachment_id>/file")
@requires(Permission.DEAL_VIEW)
@blp.response(200, content_type="application/octet-stream")
@blp.alt_response(403, description="not_allowed (a paper with personal numbers)")
def show_file(attachment_id: int) -> Response:
    """Return the file of a paper."""
    found = _load_attachment(attachment_id)
    if not may_open(current_actor(), found):
        raise NotAllowed(_l("This paper shows personal numbers; your role does not see them."))
    data = io.BytesIO(read_file(found.file))
    return send_file(data, found.file.media_type, as_attachment=True, download_name=found.name)


def _load_deal(deal_id: int) -> Deal:
    deal = get_deal(db.session(), deal_id)
    authorise(deal.project_id)
    if not may_view_deal(current_actor(), deal):
        raise NotFound(_l("There is no such deal."))
    return deal


def _load_attachment(attachment_id: int) -> DealAttachment:
    found = get_attachment(db.session(), attachment_id)
    _load_deal(found.deal_id)
    return found
