"""What the preview of a subscription shows, and the mail of an offer."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app, render_template
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, Text
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_name
from salesoffice.infra.i18n import _, speak
from salesoffice.infra.outbox import queue_mail
from salesoffice.inventory.models import Unit
from salesoffice.payments.rules import InstalmentDraft, build_schedule
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Hold, Keeping, WaitingEntry
from salesoffice.reservations.services import Offer, PriceTerms, build_offer
from salesoffice.staff.models import User

_PAPER_LANGUAGE = "zh_CN"


@dataclass(frozen=True)
class Preview:
    """The figures of a form that is being filled in; what cannot be worked out yet is None, with the reason."""

    offer: Offer | None
    schedule: tuple[InstalmentDraft, ...]
    problem: Text | None


def build_preview(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    hold: Keeping | None,
    terms: PriceTerms,
    deposit: int | None,
) -> Preview:
    """Work out price, deposit limit and schedule of what has been typed so far; a refusal is shown, not raised."""
    try:
        offer = build_offer(session, unit, actor=actor, hold=hold, terms=terms)
    except DomainError as error:
        return Preview(None, (), error.message)
    if terms.plan is None or deposit is None:
        return Preview(offer, (), None)
    try:
        schedule = build_schedule(
            terms.plan,
            total=offer.total,
            deposit=deposit,
            signed_on=terms.signed_on,
            sign_by=offer.sign_by,
            down_payment_rate=get_project(session, unit.project_id).down_payment_rate,
        )
    except DomainError as error:
        return Preview(offer, (), error.message)
    return Preview(offer, schedule, None)


def queue_offer_mail(session: Session, entry: WaitingEntry) -> None:
    """Tell the rep that the unit a customer waited for is held for them; one mail for each offer."""
    rep = session.get_one(User, entry.rep_id)
    project = get_project(session, entry.project_id)
    hold = session.get_one(Hold, entry.hold_id)
    address = f"{current_app.config['BASE_URL']}/p/{project.code}/units/{quote(entry.unit.code)}"
    with speak(_PAPER_LANGUAGE):
        values = {
            "project": project,
            "unit": entry.unit,
            "customer": mask_name(entry.customer.name),
            "until": hold.expires_at,
            "address": address,
        }
        queue_mail(
            session,
            key=f"waiting:{entry.id}:{hold.id}",
            project_id=project.id,
            to=rep.email,
            subject=_("Unit %(unit)s is held for your waiting customer", unit=entry.unit.code),
            text=render_template("reservations/offered_to_rep.txt", **values),
            html=render_template("reservations/offered_to_rep.html", **values),
            message_id=f"<waiting.{entry.id}.{hold.id}@salesoffice>",
        )
