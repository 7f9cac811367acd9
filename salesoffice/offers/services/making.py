"""Making an offer: it takes the next number and keeps the figures it was worked out with."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.models import StoredFile
from salesoffice.infra.numbering import next_number
from salesoffice.inventory.models import Unit
from salesoffice.offers.models import Offer
from salesoffice.offers.queries import OFFER_SERIES, OFFER_TEMPLATE
from salesoffice.offers.rules import dump_figures
from salesoffice.offers.services.drafting import OfferTerms, draft_offer
from salesoffice.offers.services.schemes import mark_used


def make_offer(session: Session, unit: Unit, *, actor: Actor, terms: OfferTerms) -> Offer:
    """Make an offer with the next number; refused like `draft_offer`. Its paper is drawn afterwards."""
    if actor.id is None:
        raise NotAllowed(_l("Only a person can make offers; the system cannot."))
    draft = draft_offer(session, unit, actor=actor, terms=terms)
    mark_used(session, draft.schemes)
    number = next_number(session, project_id=unit.project_id, series=OFFER_SERIES, template=OFFER_TEMPLATE)
    offer = Offer(
        project_id=unit.project_id,
        number=number,
        unit_id=unit.id,
        customer_id=draft.customer.id if draft.customer else None,
        rep_id=actor.id,
        unit_price_id=draft.unit_price_id,
        list_total_amount=draft.figures.list_total,
        total_amount=draft.figures.total,
        plan_kind=terms.plan,
        figures=dump_figures(draft.figures),
        made_at=clock.now(),
        valid_until=clock.day_bounds(draft.valid_until)[1] - timedelta(seconds=1),
        unit=unit,
    )
    session.add(offer)
    session.flush()
    audit.record(
        session,
        action="offer.made",
        actor=actor,
        project_id=offer.project_id,
        subject=offer,
        after={
            "number": offer.number,
            "unit": unit.code,
            "list_total": offer.list_total_amount,
            "total": offer.total_amount,
            "plan": offer.plan_kind.value,
        },
    )
    return offer


def attach_paper(session: Session, offer: Offer, stored: StoredFile) -> Offer:
    """Keep the drawn paper of an offer; the first one stays."""
    found = session.get_one(Offer, offer.id, populate_existing=True)
    if found.document_id is None:
        found.document_id = stored.id
        session.flush()
    return found
