"""JSON API of engineering change notices."""

from typing import Any

from sqlalchemy.orm import selectinload

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.notices.queries import get_delivery, select_notices
from salesoffice.notices.schemas import (
    AnswerBodySchema,
    DeliverySchema,
    NoticeBodySchema,
    NoticeListSchema,
    NoticeQuerySchema,
    NoticeSchema,
    TellingBodySchema,
)
from salesoffice.notices.services import Telling, enter_answer, enter_notice, mark_notified
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("notices", "Engineering change notices")


@blp.route("/projects/<code>/engineering-notices")
@requires(Permission.NOTICE_EDIT)
@blp.arguments(NoticeQuerySchema, location="query")
@blp.response(200, NoticeListSchema)
def list_notices(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List the notices of a project with their deliveries."""
    page = paginate_by_id(
        select_notices(current_project_id()).options(selectinload(EngineeringNotice.deliveries)),
        EngineeringNotice.id,
        cursor=query["cursor"],
        limit=query["limit"],
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/projects/<code>/engineering-notices", methods=["POST"])
@requires(Permission.NOTICE_EDIT)
@blp.arguments(NoticeBodySchema)
@blp.response(201, NoticeSchema)
@blp.alt_response(422, description="invalid_input, notice_code_unknown, notice_without_deals")
@writes(NoticeSchema, 201)
def post_notice(body: dict[str, Any], code: str) -> EngineeringNotice:
    """Enter a notice for the sales under way, from the contract on, that it concerns."""
    return enter_notice(
        db.session(), current_project_id(), actor=current_actor(), draft=body["draft"], scope=body["scope"]
    )


@blp.route("/notice-deliveries/<int:delivery_id>/notify", methods=["POST"])
@requires(Permission.NOTICE_EDIT)
@blp.arguments(TellingBodySchema)
@blp.response(200, DeliverySchema)
@blp.alt_response(409, description="wrong_state (told already)")
@writes(DeliverySchema)
def post_notification(telling: Telling, delivery_id: int) -> NoticeDelivery:
    """Note how and when the buyers of a sale were told."""
    return mark_notified(db.session(), _load(delivery_id), actor=current_actor(), telling=telling)


@blp.route("/notice-deliveries/<int:delivery_id>/answer", methods=["POST"])
@requires(Permission.NOTICE_EDIT)
@blp.arguments(AnswerBodySchema)
@blp.response(200, DeliverySchema)
@blp.alt_response(409, description="wrong_state (not told, answered already, or after the last day)")
@writes(DeliverySchema)
def post_answer(body: dict[str, Any], delivery_id: int) -> NoticeDelivery:
    """Enter what the buyers of a sale answered."""
    return enter_answer(
        db.session(),
        _load(delivery_id),
        actor=current_actor(),
        answer=BuyerAnswer(body["answer"]),
        on=body["on"],
        note=body["note"],
    )


def _load(delivery_id: int) -> NoticeDelivery:
    delivery = get_delivery(db.session(), delivery_id)
    authorise(delivery.notice.project_id)
    return delivery
