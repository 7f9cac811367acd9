"""Price versions of an office on their way into force."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import list_drafts, version_in_force
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import approve_version, draft_version, put_in_force, submit_version
from tests.factories import Office


def make_version(
    session: Session, office: Office, totals: Mapping[int, int], *, actor: Actor | None = None
) -> PriceVersion:
    """Draft a version by the planner: new list totals in yuan by position of the unit in the office, areas of 90 m²."""
    current = version_in_force(session, office.project.id)
    before = list_drafts(session, current) if current else {}
    prices = {}
    for position, yuan in totals.items():
        unit_id = office.units[position].id
        old = before.get(unit_id) or PriceDraft(PriceBasis.GROSS, None, None, 1)
        prices[unit_id] = replace(
            old, list_total_amount=yuan * 100, gross_price=yuan * 100 // 90, inner_price=yuan * 100 // 72
        )
    return draft_version(
        session, office.project.id, actor=actor or office.actor(office.planner), prices=prices, source="test"
    )


def make_submitted(session: Session, office: Office, totals: Mapping[int, int]) -> PriceVersion:
    """Draft a version and submit it, both by the planner."""
    version = make_version(session, office, totals)
    return submit_version(session, version, actor=office.actor(office.planner))


def make_approved(session: Session, office: Office, totals: Mapping[int, int]) -> PriceVersion:
    """Draft and submit a version by the planner and approve it by the executive."""
    version = make_submitted(session, office, totals)
    return approve_version(session, version, actor=office.actor(office.executive))


def make_versions(
    session: Session, office: Office, *, numbers_after: int = 0
) -> dict[str, dict[str, object]]:
    """Add a version in each state, moving a free unit a little; return which one each page and button is about.

    With `numbers_after` so many drafts come before, so that two offices have different numbers.
    """
    executive, free = office.actor(office.executive), 15
    for count in range(numbers_after):
        make_version(session, office, {free: 890_000 + count})
    old = put_in_force(session, make_approved(session, office, {free: 901_000}), actor=executive).number
    shown = put_in_force(session, make_approved(session, office, {free: 900_500}), actor=executive).number
    draft = make_version(session, office, {free: 902_000}).number
    submitted = make_submitted(session, office, {free: 903_000}).number
    returned = make_submitted(session, office, {free: 904_000}).number
    approved = make_approved(session, office, {free: 905_000}).number
    withdrawn = make_version(session, office, {free: 906_000}).number
    numbers = {
        "version": shown, "submit": draft, "approve": submitted, "send_back": returned, "withdraw": withdrawn,
        "activate": approved, "activate_rest": approved, "revert": old,
    }  # fmt: skip
    return {f"pricing.{name}": {"number": number} for name, number in numbers.items()}
