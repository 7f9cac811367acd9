"""What the preview of a subscription shows, the agreement as it is printed, and the mail of an offer."""

import json
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from flask import current_app, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, Text
from salesoffice.core.money import to_capitals, unit_price_of
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_name, mask_phone
from salesoffice.customers.models import Customer
from salesoffice.deals.queries import find_permit, list_buyers
from salesoffice.infra.crypto import decrypt
from salesoffice.infra.i18n import _, speak
from salesoffice.infra.outbox import queue_mail
from salesoffice.infra.pdf import render_pdf
from salesoffice.inventory.models import Building, Floor, Section, Unit
from salesoffice.payments.models import Instalment
from salesoffice.payments.rules import InstalmentDraft, build_schedule
from salesoffice.pricing.enums import DiscountKind
from salesoffice.projects.models import Company, Project
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Hold, Keeping, Subscription, SubscriptionAccessory, WaitingEntry
from salesoffice.reservations.queries import list_accessories
from salesoffice.reservations.services import Offer, PriceTerms, build_offer
from salesoffice.staff.models import User

_TEMPLATE = "reservations/subscription_print.html"
_PAPER_LANGUAGE = "zh_CN"


@dataclass(frozen=True)
class Preview:
    """The figures of a form that is being filled in; what cannot be worked out yet is None, with the reason."""

    offer: Offer | None
    schedule: tuple[InstalmentDraft, ...]
    problem: Text | None


@dataclass(frozen=True)
class PrintedStep:
    """One discount step of the agreement with the price before and after it (fen)."""

    name: str
    kind: DiscountKind
    value: Decimal
    before: int
    after: int


@dataclass(frozen=True)
class PrintedBuyer:
    """A buyer as the paper names them."""

    name: str
    certificate_kind: Text | None
    certificate_no: str
    phone: str
    address: str


@dataclass(frozen=True)
class Agreement:
    """Everything the subscription agreement prints. Amounts in fen, areas in m²."""

    subscription: Subscription
    project: Project
    seller: str
    unit: Unit
    place: str
    permit_no: str
    buyers: tuple[PrintedBuyer, ...]
    steps: tuple[PrintedStep, ...]
    unit_price: int | None
    total_capitals: str
    deposit_capitals: str
    instalments: tuple[Instalment, ...]
    is_masked: bool
    accessories: tuple[SubscriptionAccessory, ...] = ()

    @property
    def flat_list_total(self) -> int:
        """The list total of the flat alone (fen)."""
        return self.subscription.list_total_amount - sum(item.list_total_amount for item in self.accessories)


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


def print_agreement(session: Session, subscription: Subscription, *, is_masked: bool) -> bytes:
    """Print the agreement in Chinese as a PDF; masked copies hide certificate and phone numbers."""
    with speak(_PAPER_LANGUAGE):
        agreement = build_agreement(session, subscription, is_masked=is_masked)
        return render_pdf(_TEMPLATE, agreement=agreement, subscription=subscription)


def build_agreement(session: Session, subscription: Subscription, *, is_masked: bool) -> Agreement:
    """Collect what the agreement prints, with the figures it was signed with."""
    project = get_project(session, subscription.project_id)
    unit = subscription.unit
    permit = find_permit(session, unit, on=subscription.signed_on)
    buyers = [buyer.customer for buyer in list_buyers(session, subscription.deal_id)]
    accessories = tuple(list_accessories(session, subscription.id))
    extra = sum(item.amount for item in accessories)
    return Agreement(
        subscription=subscription,
        project=project,
        seller=session.get_one(Company, project.company_id).name,
        unit=unit,
        place=_name_place(session, unit),
        permit_no=permit.number if permit else "",
        buyers=tuple(_build_buyer(customer, is_masked=is_masked) for customer in buyers),
        steps=_read_steps(subscription.discounts),
        unit_price=unit_price_of(subscription.total_amount - extra, unit.gross_area)
        if unit.gross_area
        else None,
        total_capitals=to_capitals(subscription.total_amount),
        deposit_capitals=to_capitals(subscription.deposit_amount),
        instalments=_list_instalments(session, subscription),
        is_masked=is_masked,
        accessories=accessories,
    )


def _read_steps(discounts: str) -> tuple[PrintedStep, ...]:
    return tuple(
        PrintedStep(
            row["name"], DiscountKind(row["kind"]), Decimal(row["value"]), row["before"], row["after"]
        )
        for row in json.loads(discounts)
    )


def _build_buyer(customer: Customer, *, is_masked: bool) -> PrintedBuyer:
    phone = customer.phones[0].number if customer.phones else ""
    number = customer.certificate_masked
    if not is_masked and customer.certificate_cipher is not None:
        number = decrypt(customer.certificate_cipher)
    return PrintedBuyer(
        name=customer.name,
        certificate_kind=customer.certificate_kind.label if customer.certificate_kind else None,
        certificate_no=number,
        phone=mask_phone(phone) if is_masked else phone,
        address="" if is_masked else customer.address,
    )


def _name_place(session: Session, unit: Unit) -> str:
    statement = (
        select(Building.name, Section.name, Floor.label)
        .join(Section, Section.building_id == Building.id)
        .join(Floor, Floor.section_id == Section.id)
        .where(Floor.id == unit.floor_id)
    )
    building, section, _floor = session.execute(statement).one()
    return " ".join(part for part in (building, section, unit.room_no) if part)


def _list_instalments(session: Session, subscription: Subscription) -> tuple[Instalment, ...]:
    """List the schedule in force; of an ended deal, the schedule that was in force when it ended."""
    statement = (
        select(Instalment)
        .where(Instalment.account_id == subscription.deal.account_id)
        .order_by(Instalment.position)
    )
    rows = session.scalars(statement).all()
    in_force = tuple(row for row in rows if row.voided_at is None)
    last = max((row.voided_at for row in rows if row.voided_at is not None), default=None)
    return in_force or tuple(row for row in rows if row.voided_at == last)


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
