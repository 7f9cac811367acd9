"""What a paper says as plain data: its hash, and how two editions differ."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text, WrongState
from salesoffice.papers.enums import PaperKind

Row = Mapping[str, str]
Value = str | Sequence[str] | Sequence[Row]

_SALE_FIELDS = frozenset(
    {
        "buyers", "unit_code", "unit_place", "steps", "accessories", "total_amount", "deposit_amount", "plan_kind",
        "instalments", "loan_amount", "loan_bank", "loan_years", "signed_on",
    }
)  # fmt: skip
BINDING_FIELDS: Mapping[PaperKind, frozenset[str]] = MappingProxyType(
    {
        PaperKind.SUBSCRIPTION: _SALE_FIELDS | {"gross_area", "inner_area"},
        PaperKind.CONTRACT_SHEET: _SALE_FIELDS | {"contract_no", "contract_area"},
        PaperKind.SUPPLEMENT: frozenset({"buyers", "unit_code", "clauses"}),
    }
)
"""What makes a paper outdated when it changes: price, unit, buyers, plan, days that bind. An extension of signing does
not (it has its own paper), nor do telephone numbers, addresses, or the words for project and building."""

_ASIDE = frozenset({"phone", "address", "sex"})

MAX_CLAUSES = 60
MAX_CLAUSES_LENGTH = 12_000


@dataclass(frozen=True)
class PaperFacts:
    """What the builder of a kind knows: `fields` is kept and hashed (personal numbers masked), `private` replaces
    fields of the same name in print for those who may see personal numbers; `base` is the subject's number.
    """

    base: str
    title: str
    fields: Mapping[str, Value]
    private: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class PaperData:
    """The one data of a paper, for PDF and Word alike.

    `fields` are flat, sorted and JSON-able: texts, lists of texts (`clauses`) and lists of rows (`buyers`,
    `instalments`, `steps`, `accessories`, `comparison`, `chain`). By their names: `…_amount` is yuan with separators,
    `…_on` a day (ISO), `…_area` m², `…_kind`, `…_code` and the like the stored value of an enumeration. Labels,
    capitals and days in words are added by `papers.documents.list_printed`. `edition` is the one it would be issued as.
    """

    kind: PaperKind
    project_id: int
    deal_id: int | None
    subject_kind: str
    subject_id: int
    number: str
    edition: int
    title: str
    fields: Mapping[str, Value]
    private: Mapping[str, Value] = field(default_factory=dict)
    clauses: str = ""

    @property
    def text(self) -> str:
        """The canonical JSON that is stored and hashed; equal data is the same text on every machine."""
        return dump_fields(self.title, self.fields)

    @property
    def digest(self) -> str:
        """SHA-256 of `text` (hex)."""
        return digest_of(self.text)


@dataclass(frozen=True)
class Difference:
    """One field that says something else now; `name` is the field, `row` the row of a list it is in (from 1)."""

    name: str
    row: int
    old: str
    new: str


class PaperOutdated(DomainError):
    """What the paper says changed while it was being drawn."""

    def __init__(self) -> None:
        super().__init__(
            _l("What this paper says was changed at this moment. Look at the preview again, then issue it."),
            code="paper_outdated",
        )


class NoSuchPaper(InvalidInput):
    """There is no such paper about such a thing."""

    def __init__(self, field_name: str = "kind") -> None:
        message = _l("There is no paper of this kind about this. Choose another kind or another subject.")
        super().__init__(message, [FieldProblem(field_name, message)], code="paper_kind_invalid")


class PaperSuperseded(DomainError):
    """A paper that binds no longer says what was agreed; it keeps the sale from its next stage."""

    def __init__(self, paper: Text, differences: Text, *, number: str) -> None:
        super().__init__(
            _l(
                "%(paper)s no longer says what was agreed (%(differences)s)."
                " Open “Issued papers” on the page of the sale and issue it again.",
                paper=paper,
                differences=differences,
            ),
            code="paper_superseded",
            paper=number,
        )


class PaperOver(WrongState):
    """The subject of the paper has ended; nothing about it is issued any more."""

    def __init__(self) -> None:
        super().__init__(
            _l("What this paper is about has ended. A paper that binds is issued about a sale under way.")
        )


def dump_fields(title: str, fields: Mapping[str, Value]) -> str:
    """Return the canonical JSON of a paper's data: sorted, without spaces, in UTF-8 signs."""
    return json.dumps(
        {"fields": fields, "title": title}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def load_fields(text: str) -> Mapping[str, Value]:
    """Return the fields of stored data."""
    fields: Mapping[str, Value] = json.loads(text)["fields"]
    return fields


def load_title(text: str) -> str:
    """Return the title of stored data."""
    return str(json.loads(text)["title"])


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8 (hex)."""
    return hashlib.sha256(text.encode()).hexdigest()


def split_clauses(text: str) -> tuple[str, ...]:
    """Return the clauses of a typed text: one per line, empty lines left out.

    Refused: InvalidInput `clauses_invalid` for more than 60 clauses or 12,000 characters.
    """
    clauses = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(clauses) > MAX_CLAUSES or len(text) > MAX_CLAUSES_LENGTH:
        message = _l(
            "At most %(count)s clauses with %(signs)s characters in all.",
            count=MAX_CLAUSES,
            signs=MAX_CLAUSES_LENGTH,
        )
        raise InvalidInput(message, [FieldProblem("clauses", message)], code="clauses_invalid")
    return clauses


def compare_fields(
    kind: PaperKind, old: Mapping[str, Value], new: Mapping[str, Value]
) -> tuple[Difference, ...]:
    """Return what binds and differs between two editions, field by field, rows of lists one by one; nothing of a kind
    that does not bind.
    """
    found: list[Difference] = []
    for name in sorted(BINDING_FIELDS.get(kind, frozenset())):
        before, after = old.get(name, ""), new.get(name, "")
        if isinstance(before, str) and isinstance(after, str):
            found += [Difference(name, 0, before, after)] if before != after else []
        else:
            found += _compare_lists(name, _rows(before), _rows(after))
    return tuple(found)


def _rows(value: Value) -> list[Any]:
    return [value] if isinstance(value, str) and value else list(value)


def _compare_lists(name: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    for index in range(max(len(before), len(after))):
        old = before[index] if index < len(before) else {}
        new = after[index] if index < len(after) else {}
        if isinstance(old or new, str):
            if old != new:
                yield Difference(name, index + 1, str(old or ""), str(new or ""))
            continue
        for key in sorted({*old, *new} - _ASIDE):
            if old.get(key, "") != new.get(key, ""):
                yield Difference(f"{name}.{key}", index + 1, old.get(key, ""), new.get(key, ""))
