"""A change in words: what it was and what it becomes, as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.signals import AttachedFile, FactRow, HistoryRow, RequestFacts
from salesoffice.changes.models import Change
from salesoffice.changes.queries import list_changes_of_deal
from salesoffice.changes.services.reading import stored_values
from salesoffice.core import clock
from salesoffice.core.errors import Text
from salesoffice.core.labels import LabelledEnum
from salesoffice.core.money import format_yuan
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.infra.i18n import _
from salesoffice.infra.workbook import SheetBook
from salesoffice.payments.enums import InstalmentKind, PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.projects.models import Project
from salesoffice.staff.models import User
from salesoffice.webkit.filters import percent

FIELDS: Mapping[str, Text] = MappingProxyType(
    {
        "stage": _l("Stage of the sale"),
        "unit": _l("Unit"),
        "accessories": _l("Sold with it"),
        "buyers": _l("Buyers"),
        "sign_by": _l("Last day for signing"),
        "contract": _l("Contract"),
        "kept_fen": _l("Kept by the seller"),
        "owed_fen": _l("Compensation by the seller"),
        "refundable_fen": _l("To be paid back"),
        "price_fen": _l("Deal price"),
        "total_fen": _l("Deal price"),
        "deposit_fen": _l("Deposit"),
        "discounts": _l("Discounts"),
        "plan": _l("Payment plan"),
        "down_payment_rate": _l("Share of the down payment"),
        "bank": _l("Bank"),
        "years": _l("Years of the loan"),
        "loan_fen": _l("Loan"),
        "gross_area": _l("Gross area"),
        "area": _l("Gross area"),
        "area_difference_fen": _l("Area difference"),
        "difference_fen": _l("Area difference"),
        "due_on": _l("Difference to be paid by"),
        "instalments": _l("Payment schedule"),
        "filing_no": _l("Filing number"),
        "filed_on": _l("Filed on"),
    }
)
"""The values of plans and what people call them; a name that is not here is shown as it is."""

WORDS: Mapping[str, tuple[type[LabelledEnum], ...]] = MappingProxyType(
    {
        "stage": (ClaimKind, ClaimEnd),
        "plan": (PlanKind,),
        "instalments": (InstalmentKind,),
        "kind": (InstalmentKind, DiscountKind),
    }
)
"""The values that are members of enumerations, which know what people call them."""

_NOT_FOR_PEOPLE = frozenset({"customer_id", "id", "position", "is_loan"})

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 5000
"""So many changes at most are printed or written into a workbook at once."""

_WIDTHS = (12, 18, 14, 12, 14, 16, 30, 14, 12, 12, 16, 16, 16, 14, 16, 60)


@dataclass(frozen=True)
class ValueRow:
    """One value before and after, in words; `is_changed` tells whether they differ."""

    name: str
    label: Text
    old: str
    new: str

    @property
    def is_changed(self) -> bool:
        """Tell whether the change touches this value."""
        return self.old != self.new


def build_rows(old: Mapping[str, object], new: Mapping[str, object]) -> list[ValueRow]:
    """Build the rows of a comparison, in the order of `FIELDS`, other names after them."""
    names = [*(name for name in FIELDS if name in old or name in new)]
    names += [name for name in (*old, *new) if name not in names]
    return [
        ValueRow(name, FIELDS.get(name, name), say(name, old.get(name)), say(name, new.get(name)))
        for name in dict.fromkeys(names)
    ]


def say(name: str, value: object) -> str:
    """Say a value in words: fen as yuan, known words by their label, lists line by line; nothing as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and name.endswith("_fen"):
        return _("%(amount)s yuan", amount=format_yuan(value))
    if isinstance(value, (list, tuple)):
        return "\n".join(_say_item(name, item) for item in value) or "–"
    if name.endswith("_rate"):
        return percent(Decimal(str(value)))
    return _label(name, str(value))


def build_change_rows(change: Change) -> list[ValueRow]:
    """Build the comparison of a stored change."""
    return build_rows(stored_values(change.old_values), stored_values(change.new_values))


def build_facts(session: Session, change: Change) -> RequestFacts:
    """Build what an approver sees of a change."""
    deal = change.deal
    code = deal_code(session, change)
    history = [other for other in list_changes_of_deal(session, deal.id) if other.id != change.id]
    return RequestFacts(
        title=_("%(kind)s of %(unit)s", kind=change.kind.label, unit=deal.unit.code),
        url=url_for("changes.show", code=code, number=change.number),
        rows=tuple(
            FactRow(row.label, row.old, row.new)
            for row in (*_general_rows(change), *build_change_rows(change))
        ),
        amount_effect=change.amount_effect or None,
        floor_effect=change.floor_effect,
        reason=f"{change.reason_code.label} · {change.reason}",
        note=_days(change),
        history=tuple(_history(session, other) for other in history),
        attachments=tuple(
            AttachedFile(paper.name, _address(code, deal.number, paper.id)) for paper in change.attachments
        ),
        deal_number=deal.number,
        unit_code=deal.unit.code,
    )


def deal_code(session: Session, change: Change) -> str:
    """Return the code of the project of a change, as addresses name it."""
    return session.get_one(Project, change.project_id).code


def name_people(session: Session, ids: Sequence[int | None]) -> Mapping[int | None, str]:
    """Name users by id; the system is None."""
    wanted = {user_id for user_id in ids if user_id is not None}
    found = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {None: _("System"), **{row[0]: row[1] for row in found}}


def _address(code: str, number: str, attachment_id: int) -> str:
    return url_for("deals.file", code=code, number=number, attachment_id=attachment_id)


def _general_rows(change: Change) -> list[ValueRow]:
    from_fault = str(change.fault.label)
    return [ValueRow("fault", _l("Whose fault"), from_fault, from_fault)]


def _days(change: Change) -> str:
    return _(
        "Paper of %(signed)s, counts for %(attributed)s, entered %(entered)s",
        signed=change.signed_on.isoformat(),
        attributed=change.attributed_on.isoformat(),
        entered=clock.local(change.entered_at).strftime("%Y-%m-%d %H:%M"),
    )


def _history(session: Session, change: Change) -> HistoryRow:
    words = f"{change.number} {change.kind.label} · {change.state.label}"
    who = name_people(session, [change.applicant_id])[change.applicant_id]
    return HistoryRow(clock.local(change.entered_at).strftime("%Y-%m-%d"), words, who)


def _say_item(name: str, item: object) -> str:
    """Say one entry of a list; the figures of an instalment are kind, day and amount in fen."""
    if name == "discounts" and isinstance(item, Mapping):
        item = {**item, "value": _say_discount(item)}
    if isinstance(item, Mapping):
        said = (
            say(str(key), value)
            for key, value in item.items()
            if key not in _NOT_FOR_PEOPLE and value not in (None, "")
        )
        return " · ".join(said)
    if isinstance(item, (list, tuple)):
        return " · ".join(
            format_yuan(part)
            if isinstance(part, int) and not isinstance(part, bool)
            else _label(name, str(part))
            for part in item
        )
    return _label(name, str(item))


def _say_discount(step: Mapping[str, object]) -> str:
    """Say what a discount step takes off: a rate as a percentage, fen as yuan."""
    value = Decimal(str(step["value"]))
    if step["kind"] in (DiscountKind.PERCENTAGE.value, DiscountKind.POINTS.value):
        return percent(value)
    return say("value_fen", int(value))


def _label(name: str, value: str) -> str:
    labels = (str(member.label) for kind in WORDS.get(name, ()) for member in kind if member.value == value)
    return next(labels, value)


def write_workbook(session: Session, changes: Sequence[Change], project: str) -> bytes:
    """Write the list as a workbook: a line per change with its four dates and its effects."""
    book = SheetBook()
    titles = [_("Changes of sales"), project]
    sheet = book.add_sheet(_("Changes"), titles)
    heads = (
        _("Number"), _("Kind"), _("State"), _("Deal"), _("Unit"), _("Reason"), _("In words"), _("Whose fault"),
        _("Day of the paper"), _("Counts for"), _("Entered"), _("Approved"), _("In force since"), _("Applicant"),
        _("Effect on the price (yuan)"), _("What changes"),
    )  # fmt: skip
    top = len(titles) + 1
    for place, head in enumerate(heads):
        sheet.write_string(top, place, head, book.head)
        sheet.set_column(place, place, _WIDTHS[place])
    names = name_people(session, [change.applicant_id for change in changes])
    for number, change in enumerate(changes, start=top + 1):
        for place, text in enumerate(_texts(change, names[change.applicant_id])):
            book.write_cell(sheet, number, place, text, book.formats["text"])
        book.write_cell(sheet, number, 14, change.amount_effect, book.formats["money"])
        book.write_cell(sheet, number, 15, _changed_words(change), book.formats["text"])
    return book.close()


def _texts(change: Change, applicant: str) -> tuple[str, ...]:
    return (
        change.number, str(change.kind.label), str(change.state.label), change.deal.number, change.deal.unit.code,
        str(change.reason_code.label), change.reason, str(change.fault.label), change.signed_on.isoformat(),
        change.attributed_on.isoformat(), _moment(change.entered_at), _moment(change.approved_at),
        _moment(change.applied_at), applicant,
    )  # fmt: skip


def _changed_words(change: Change) -> str:
    rows = [row for row in build_change_rows(change) if row.is_changed]
    return "; ".join(f"{row.label}: {row.old} → {row.new}" for row in rows)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else clock.local(moment).strftime("%Y-%m-%d %H:%M")
