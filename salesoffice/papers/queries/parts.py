"""What several papers say: the parties, the unit, the price and the schedule of a sale, as flat fields."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.labels import LabelledEnum
from salesoffice.core.money import format_yuan, unit_price_of
from salesoffice.core.text import mask_phone
from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.deals.queries import find_permit, list_buyers
from salesoffice.infra.crypto import decrypt
from salesoffice.inventory.models import Building, Floor, Section, Unit
from salesoffice.papers.rules import Row, Value
from salesoffice.payments.models import Instalment
from salesoffice.pricing.enums import DiscountKind
from salesoffice.projects.models import Company
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import list_accessories

_MARK_LENGTH = 12


def list_office_fields(
    session: Session, deal: Deal, *, unit: Unit | None = None, on: date | None = None
) -> dict[str, Value]:
    """Return project, seller, unit and its permit of a business day (today)."""
    unit = unit or session.get_one(Unit, deal.unit_id)  # a swap in this transaction changed only the id
    project = get_project(session, deal.project_id)
    permit = find_permit(session, unit, on=on)
    return {
        "project_name": project.name,
        "project_address": project.address or project.city,
        "project_phone": project.phone,
        "seller": session.get_one(Company, project.company_id).name,
        "permit_no": permit.number if permit else "",
        "deal_no": deal.number,
        "unit_code": unit.code,
        "unit_place": name_place(session, unit),
        "unit_usage": unit.usage,
        "unit_type": unit.unit_type.name if unit.unit_type else "",
        "orientation": unit.orientation,
        "gross_area": show_area(unit.gross_area),
        "inner_area": show_area(unit.inner_area),
        "shared_area": show_area(unit.shared_area),
        "area_edition": unit.area_edition.value,
    }


def list_buyer_rows(session: Session, deal_id: int, *, is_open: bool) -> list[Row]:
    """Return the buyers of a sale, the principal first; personal numbers in full only when `is_open`."""
    return [_build_buyer(session, buyer, is_open=is_open) for buyer in list_buyers(session, deal_id)]


def describe_customer(customer: Customer, *, is_open: bool) -> dict[str, str]:
    """Return one person or company as a row of a paper. `certificate_mark` changes with the number and tells nothing."""
    phone = customer.phones[0].number if customer.phones else ""
    number = customer.certificate_masked
    if is_open and customer.certificate_cipher is not None:
        number = decrypt(customer.certificate_cipher)
    return {
        "name": customer.name,
        "sex": code_of(customer.sex),
        "certificate_kind": code_of(customer.certificate_kind),
        "certificate_no": number,
        "certificate_mark": (customer.certificate_index or "")[:_MARK_LENGTH],
        "phone": phone if is_open else mask_phone(phone),
        "address": customer.address if is_open else "",
    }


def list_price_fields(session: Session, subscription: Subscription) -> dict[str, Value]:
    """Return the way from the list price to the deal price of an agreement."""
    accessories = list_accessories(session, subscription.id)
    extra = sum(item.amount for item in accessories)
    area = session.get_one(Unit, subscription.unit_id).gross_area
    total = subscription.total_amount
    return {
        "list_total_amount": format_yuan(
            subscription.list_total_amount - sum(item.list_total_amount for item in accessories)
        ),
        "steps": _read_steps(subscription.discounts),
        "accessories": [
            {"unit_code": item.unit.code, "accessory_amount": format_yuan(item.amount)}
            for item in accessories
        ],
        "total_amount": format_yuan(total),
        "unit_price_amount": format_yuan(unit_price_of(total - extra, area)) if area else "",
        "deposit_amount": format_yuan(subscription.deposit_amount),
        "plan_kind": subscription.plan_kind.value,
    }


def list_schedule_fields(session: Session, deal: Deal) -> dict[str, Value]:
    """Return the schedule in force; of an ended sale, the one that was in force when it ended. Loans with it."""
    rows = _list_instalments(session, deal)
    loan = sum(row.amount for row in rows if row.is_loan)
    return {
        "instalments": [
            {
                "instalment_kind": row.kind.value,
                "due_on": row.due_on.isoformat(),
                "due_amount": format_yuan(row.amount),
            }
            for row in rows
        ],
        "schedule_amount": format_yuan(sum(row.amount for row in rows)),
        "loan_amount": format_yuan(loan) if loan else "",
        "own_amount": format_yuan(sum(row.amount for row in rows) - loan),
        "loan_bank": deal.loan_bank,
        "loan_years": str(deal.loan_years or ""),
    }


def name_place(session: Session, unit: Unit) -> str:
    """Return building, section and room of a unit as papers name it."""
    statement = (
        select(Building.name, Section.name)
        .join(Section, Section.building_id == Building.id)
        .join(Floor, Floor.section_id == Section.id)
        .where(Floor.id == unit.floor_id)
    )
    building, section = session.execute(statement).one()
    return " ".join(part for part in (building, section, unit.room_no) if part)


def show_area(area: Decimal | None) -> str:
    """Return an area with its two decimals, nothing for none."""
    return "" if area is None else f"{area:.2f}"


def code_of(member: LabelledEnum | None) -> str:
    """Return the stored value of an enumeration's member, nothing for none."""
    return "" if member is None else member.value


def _build_buyer(session: Session, buyer: DealBuyer, *, is_open: bool) -> Row:
    row: dict[str, str] = describe_customer(session.get_one(Customer, buyer.customer_id), is_open=is_open)
    row["share"] = "" if buyer.share is None else f"{buyer.share * 100:.4f}".rstrip("0").rstrip(".") + "%"
    return row


def _read_steps(discounts: str) -> list[Row]:
    rows: Sequence[Mapping[str, object]] = json.loads(discounts)
    return [
        {
            "name": str(row["name"]),
            "discount_kind": str(row["kind"]),
            "value": _show_value(DiscountKind(str(row["kind"])), Decimal(str(row["value"]))),
            "before_amount": format_yuan(int(str(row["before"]))),
            "after_amount": format_yuan(int(str(row["after"]))),
        }
        for row in rows
    ]


def _show_value(kind: DiscountKind, value: Decimal) -> str:
    if kind is DiscountKind.PERCENTAGE:
        return f"{value * 100:.2f}%"
    if kind is DiscountKind.POINTS:
        return f"{value}"
    return format_yuan(int(value))


def _list_instalments(session: Session, deal: Deal) -> list[Instalment]:
    statement = (
        select(Instalment).where(Instalment.account_id == deal.account_id).order_by(Instalment.position)
    )
    rows = list(session.scalars(statement))
    in_force = [row for row in rows if row.voided_at is None]
    last = max((row.voided_at for row in rows if row.voided_at is not None), default=None)
    return in_force or [row for row in rows if row.voided_at == last]
