"""A paper as it is printed: labels instead of stored values, capitals and days in words beside the figures."""

from collections.abc import Mapping
from datetime import date

from salesoffice.approvals.enums import TaskState
from salesoffice.changes.enums import ChangeKind, Fault, ReasonCode
from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.labels import LabelledEnum
from salesoffice.core.money import parse_yuan, to_capitals
from salesoffice.core.permissions import Role
from salesoffice.infra.i18n import speak
from salesoffice.inventory.enums import AreaEdition
from salesoffice.papers.queries import PAPER_LANGUAGE
from salesoffice.papers.rules import PaperData, Value
from salesoffice.payments.enums import InstalmentKind, PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.staff.enums import ROLE_LABELS

LABELS: Mapping[str, type[LabelledEnum]] = {
    "area_edition": AreaEdition,
    "certificate_kind": CertificateKind,
    "change_kind": ChangeKind,
    "discount_kind": DiscountKind,
    "fault": Fault,
    "instalment_kind": InstalmentKind,
    "plan_kind": PlanKind,
    "reason_code": ReasonCode,
    "sex": Sex,
    "task_state": TaskState,
}
"""Fields whose stored value is a member of an enumeration."""

Printed = dict[str, object]


def list_printed(data: PaperData, *, is_masked: bool = False) -> Printed:
    """Return everything a template may name, in Chinese, flat.

    The fields of the data, with labels for stored values; for each `…_amount` also `…_amount_capitals` (人民币大写), for
    each `…_on` and `sign_by` also `…_words` (2026年5月31日); in rows of lists too, there with `position` from 1. Beside them `title`,
    `number`, `edition` and `edition_words` (第2版). Numbers of people are in full when the data has them, and not `is_masked`.
    """
    fields = {**data.fields, **({} if is_masked else data.private)}
    with speak(PAPER_LANGUAGE):
        printed = {name: found for key, value in fields.items() for name, found in _spell(key, value)}
    return {
        **printed,
        "title": data.title,
        "number": data.number,
        "edition": str(data.edition),
        "edition_words": f"第{data.edition}版",
    }


def show_value(name: str, value: str) -> str:
    """Return one stored value in the reader's words: the label of a stored value, anything else as it is."""
    if name == "role":
        return str(ROLE_LABELS[Role(value)])
    kind = LABELS.get(name)
    if kind is None or not value:
        return value
    return next((str(member.label) for member in kind if member.value == value), value)


def day_in_words(day: str) -> str:
    """Return a day as papers write it: 2026年5月31日."""
    if not day:
        return ""
    found = date.fromisoformat(day)
    return f"{found.year}年{found.month}月{found.day}日"


def _spell(name: str, value: Value) -> list[tuple[str, object]]:
    if isinstance(value, str):
        spelt: list[tuple[str, object]] = [(name, show_value(name, value))]
        if name.endswith("_on") or name == "sign_by":
            spelt.append((f"{name}_words", day_in_words(value)))
        elif name.endswith("_amount"):
            spelt.append((f"{name}_capitals", _capitals(value)))
        return spelt
    rows: list[object] = []
    for position, row in enumerate(value, 1):
        rows.append(_spell_row(row, position) if isinstance(row, Mapping) else row)
    return [(name, rows)]


def _spell_row(row: Mapping[str, str], position: int) -> Printed:
    spelt: Printed = {"position": str(position)}
    for key, item in row.items():
        spelt.update(_spell(key, item))
    return spelt


def _capitals(amount: str) -> str:
    fen = parse_yuan(amount, allow_negative=True) if amount else -1
    return to_capitals(fen) if fen >= 0 else ""
