"""What is in the way of an action, in words, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask import url_for
from flask_babel import LazyString

from salesoffice.board.queries.why import Situation
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission, Role
from salesoffice.infra.i18n import _, _l
from salesoffice.staff.enums import PERMISSION_LABELS, ROLE_LABELS


@dataclass(frozen=True)
class Step:
    """A page: its endpoint, and which of the unit's and deal's names stand in its address; `label` is shown on the link."""

    endpoint: str
    parts: Mapping[str, str] = field(default_factory=dict)
    label: LazyString | None = None
    kind: str = ""
    permission: Permission | None = None


@dataclass(frozen=True)
class Obstacle:
    """A rule that refuses: its name (the code of the refusal), what it says, and the page where it can be mended."""

    code: str
    words: str
    step: Step | None = None


NEXT_STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "unit_taken": Step("reservations.join", {"unit_code": "unit"}, _l("Put a customer on the waiting list"), permission=Permission.WAITING_JOIN),
        "unit_not_released": Step("board.unit", {"unit_code": "unit"}, _l("Release it on its page"), permission=Permission.UNIT_RELEASE),
        "unit_overlaid": Step("inventory.unit_overlays", {"unit_code": "unit"}, _l("See the legal notes"), permission=Permission.OVERLAY_EDIT),
        "permit_missing": Step("inventory.permits", label=_l("Add a permit"), permission=Permission.PERMIT_EDIT),
        "price_not_approved": Step("pricing.versions", label=_l("See the price versions"), permission=Permission.PRICE_PLAN_VIEW),
        "hold_limit": Step("reservations.holds", label=_l("See your holds"), permission=Permission.HOLD_PLACE),
        "attachment_missing": Step("board.deal", {"number": "deal"}, _l("Attach it on the sale's page"), permission=Permission.ATTACHMENT_ADD),
        "paper_superseded": Step("board.deal", {"number": "deal"}, _l("Issue it again on the sale's page"), permission=Permission.PAPER_ISSUE),
        "contract_exists": Step("board.deal", {"number": "deal"}, _l("Open the sale"), permission=Permission.DEAL_VIEW),
        "change_waiting": Step("board.deal", {"number": "deal"}, _l("Open the sale"), permission=Permission.DEAL_VIEW),
        "money_missing": Step("board.deal", {"number": "deal"}, _l("Record the receipt"), permission=Permission.RECEIPT_RECORD),
    }
)  # fmt: skip
"""Where what a rule asks for is done, by the code of its refusal."""


def refused(error: DomainError, situation: Situation) -> Obstacle:
    """Tell what a rule says, with the next step that this person can take."""
    step = NEXT_STEPS.get(error.code)
    if (
        step is not None
        and step.permission is not None
        and not situation.actor.can(step.permission, situation.project.id)
    ):
        step = None
    return Obstacle(error.code, str(error.message), step)


def not_permitted(permission: Permission) -> Obstacle:
    """Say whose role permits it."""
    roles = [
        str(ROLE_LABELS[role])
        for role in Role
        if role is not Role.ADMIN and permission in ROLE_PERMISSIONS[role]
    ]
    words = _(
        "Your role does not permit “%(action)s”. These may: %(roles)s.",
        action=PERMISSION_LABELS[permission],
        roles=", ".join(roles) or "–",
    )
    return Obstacle("not_allowed", words)


def address_of(step: Step | None, situation: Situation) -> str | None:
    """Return the address of a step, None where the page or the sale it names does not exist for the person."""
    if step is None:
        return None
    names = {
        "unit": situation.facts.code,
        "deal": situation.deal.number if situation.deal and situation.sees_deal else None,
    }
    parts: dict[str, Any] = {part: names[name] for part, name in step.parts.items()}
    if None in parts.values():
        return None
    if step.kind:
        parts["kind"] = step.kind
    return url_for(step.endpoint, code=situation.project.code, **parts)
