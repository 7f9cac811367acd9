"""The slip of a registration (认筹单) as one A4 page in Chinese, and the list as a workbook or a CSV."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.money import format_yuan, to_capitals
from salesoffice.core.text import mask_name, mask_phone, neutralise_cell
from salesoffice.customers.queries import name_users
from salesoffice.infra.i18n import _, speak
from salesoffice.infra.onepage import Band, Facts, Grid, Leaf, draw_leaf
from salesoffice.infra.workbook import SheetBook
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.services import list_carriable
from salesoffice.projects.models import Company, Project
from salesoffice.registrations.models import Registration

_PAPER_LANGUAGE = "zh_CN"
_BYTE_ORDER_MARK = "\ufeff"
_WIDTHS = (12, 14, 16, 12, 18, 14, 14, 12, 12, 24)


def draw_slip(
    session: Session, registration: Registration, project: Project, *, base_url: str, is_masked: bool
) -> bytes:
    """Draw the slip with the earnest money that is confirmed now; masked, the customer's name and phone are hidden."""
    with speak(_PAPER_LANGUAGE):
        return draw_leaf(build_slip(session, registration, project, base_url=base_url, is_masked=is_masked))


def build_slip(
    session: Session, registration: Registration, project: Project, *, base_url: str, is_masked: bool
) -> Leaf:
    """Put a registration on a page, in the reader's language."""
    customer = registration.customer
    name = mask_name(customer.name) if is_masked else customer.name
    receipts = list_carriable(session, registration.account_id)
    received = sum(receipt.amount for receipt in receipts)
    rep = name_users(session, [registration.rep_id]).get(registration.rep_id, "")
    seller = session.get_one(Company, project.company_id).name
    printed = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    return Leaf(
        title=_("Queue number %(number)s", number=registration.number),
        subtitle=f"{project.name}　{_('Registration of interest')}",
        corner=(
            _("No. %(number)s", number=registration.number),
            _("Registered on %(day)s", day=registration.registered_on.isoformat()),
            _("Printed on %(day)s", day=printed),
        ),
        subject=registration.category.name,
        subject_note=name,
        price_label=_("Earnest money received"),
        price=f"¥{format_yuan(received)}",
        price_note=to_capitals(received),
        bands=[
            Band((_build_facts(session, registration, name, _show_phones(registration)),)),
            Band((_build_money(receipts, received),)),
            Band((_build_conditions(),)),
            Band((_build_signatures(),)),
        ],
        contact=[part for part in (_("Consultant: %(name)s", name=rep), project.phone) if part],
        small=(seller + (f"　{project.address}" if project.address else ""),),
        code=f"{base_url}/p/{project.code}/registrations/{registration.id}",
        code_note=_("The registration"),
    )


def build_workbook(rows: Sequence[Any], project: Project, names: Sequence[str]) -> bytes:
    """Write the list as a workbook; `names` are the customers' names as the person may read them, row by row."""
    book = SheetBook()
    heads, titles = _heads(), (f"{project.name} {_('Registrations')}", _stamp())
    sheet = book.add_sheet(_("Registrations"), titles, foot=project.name)
    top = len(titles) + 1
    for column, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        book.write_cell(sheet, top, column, head, book.head)
    kinds = ("code", "text", "text", "text", "text", "money", "money", "text", "text", "text")
    for place, cells in enumerate(_list_cells(rows, names), start=top + 1):
        for column, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            book.write_cell(sheet, place, column, cell, book.formats[kind])
    sheet.freeze_panes(top + 1, 1)
    return book.close()


def build_csv(rows: Sequence[Any], names: Sequence[str]) -> bytes:
    """Write the list as CSV: money in yuan with two decimals and without separators."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_heads())
    for cells in _list_cells(rows, names):
        writer.writerow(
            [
                f"{cell // 100}.{cell % 100:02d}" if isinstance(cell, int) else neutralise_cell(cell)
                for cell in cells
            ]
        )
    return f"{_BYTE_ORDER_MARK}{text.getvalue()}".encode()


def _heads() -> tuple[str, ...]:
    return (
        _("Number"), _("Category"), _("Customer"), _("Rep"), _("Day of the registration"), _("Earnest money"),
        _("Received"), _("State"), _("Ended on"), _("What the customer wants"),
    )  # fmt: skip


def _list_cells(rows: Sequence[Any], names: Sequence[str]) -> list[tuple[str | int, ...]]:
    return [
        (
            row.Registration.number,
            row.category_name,
            name,
            row.rep_name,
            row.Registration.registered_on.isoformat(),
            row.agreed_amount,
            row.received_amount,
            str(row.Registration.state.label),
            row.Registration.ended_on.isoformat() if row.Registration.ended_on else "",
            row.Registration.wants,
        )
        for row, name in zip(rows, names, strict=True)
    ]


def _stamp() -> str:
    return _("As of %(moment)s", moment=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"))


def _show_phones(registration: Registration) -> str:
    return ", ".join(mask_phone(phone.number) for phone in registration.customer.phones)


def _build_facts(session: Session, registration: Registration, name: str, phones: str) -> Facts:
    account = session.get_one(Account, registration.account_id)
    pairs = (
        (_("Customer"), name),
        (_("Phone"), phones),
        (_("Certificate"), registration.customer.certificate_masked),
        (_("Category"), registration.category.name),
        (_("Queue number"), str(registration.queue_number)),
        (_("Earnest money agreed"), _("%(amount)s yuan", amount=format_yuan(account.total_amount))),
        (_("What the customer wants"), registration.wants),
        (_("State"), str(registration.state.label)),
    )
    return Facts(_("The registration"), [(label, value or "—") for label, value in pairs], 2)


def _build_money(receipts: Sequence[Receipt], received: int) -> Grid:
    rows = [
        (
            receipt.number,
            receipt.received_on.isoformat(),
            str(receipt.method.label),
            format_yuan(receipt.amount),
        )
        for receipt in receipts
    ]
    return Grid(
        _("Earnest money received"),
        (_("Receipt"), _("Received on"), _("How it came"), _("Amount (yuan)")),
        rows or [("—", "—", "—", "0.00")],
        (1.4, 1.2, 1.2, 1.2),
        ("left", "left", "left", "right"),
        foot=(_("Together"), "", to_capitals(received), format_yuan(received)),
        note=_("Money counts once finance has confirmed that it arrived."),
    )


def _build_conditions() -> Grid:
    lines = (
        _("Earnest money is refundable. It is not a deposit that secures an agreement."),
        _("Who gives the registration back gets the earnest money paid back in full, without interest."),
        _("When a subscription agreement is signed, the earnest money becomes part of the deposit."),
        _("The queue number is the order of choosing; it reserves no unit and promises no price."),
    )
    rows = [(str(number), line) for number, line in enumerate(lines, start=1)]
    return Grid(_("Conditions"), ("#", _("Agreed")), rows, (0.3, 8), ("left", "left"))


def _build_signatures() -> Facts:
    return Facts(
        _("Signatures"),
        [(_("Customer (signature)"), "________________"), (_("Seller (seal)"), "________________")],
        2,
    )
