"""How often entries of contracts are wrong: per person and month, and in which fields.

Every second entry compares the same six fields. It counts as six fields entered for the person whose first entry it was
compared with, and as six for the person who entered second. An error is a difference that somebody has decided: it
counts for the first person, the second one, or both. What nobody has decided counts as open and as nobody's error.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import Culprit
from salesoffice.contracts.models import CheckResolution, Contract, ContractCheck
from salesoffice.contracts.queries.checks import list_first_persons, read_differences
from salesoffice.contracts.rules import CriticalFields
from salesoffice.core import clock
from salesoffice.customers.queries import name_users

FIELDS_COMPARED = len(fields(CriticalFields))
_TENTH = Decimal("0.1")


@dataclass
class PersonMonth:
    """What one person entered in one calendar month, and how much of it was wrong."""

    user_id: int
    name: str
    month: date
    fields_first: int = 0
    fields_second: int = 0
    errors_first: int = 0
    errors_second: int = 0
    open: int = 0
    errors_by_field: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> Decimal:
        """Errors per 1,000 fields entered, one decimal."""
        entered = self.fields_first + self.fields_second
        errors = Decimal(1000 * (self.errors_first + self.errors_second))
        return (errors / entered).quantize(_TENTH, ROUND_HALF_UP) if entered else Decimal("0.0")

    @property
    def frequent(self) -> list[str]:
        """The fields that were wrong most often, at most three."""
        ordered = sorted(self.errors_by_field.items(), key=lambda item: (-item[1], item[0]))
        return [name for name, _count in ordered[:3]]


@dataclass(frozen=True)
class FieldErrors:
    """How often one field was entered wrongly, and how many of its differences are open."""

    field: str
    errors: int
    open: int


@dataclass(frozen=True)
class ErrorReport:
    """The errors of a period (business days, both included)."""

    first: date
    last: date
    people: tuple[PersonMonth, ...]
    fields: tuple[FieldErrors, ...]
    checks: int
    open: int


def report_errors(session: Session, project_id: int, first: date, last: date) -> ErrorReport:
    """Add up the second entries of a project made on the business days `first` to `last`."""
    begin, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    chosen = (
        select(ContractCheck)
        .join(Contract, Contract.id == ContractCheck.contract_id)
        .where(
            Contract.project_id == project_id,
            ContractCheck.checked_at >= begin,
            ContractCheck.checked_at < end,
        )
        .order_by(ContractCheck.id)
    )
    checks = session.scalars(chosen).all()
    in_period = chosen.with_only_columns(ContractCheck.contract_id).order_by(None)
    persons = list_first_persons(session, in_period)
    decisions = _list_decisions(session, chosen)
    adding = _Adding()
    for check in checks:
        adding.add(check, persons.get(check.id), decisions)
    names = name_users(session, [user_id for user_id, _month in adding.people])
    for row in adding.people.values():
        row.name = names.get(row.user_id, "")
    people = sorted(adding.people.values(), key=lambda row: (-row.month.toordinal(), row.name, row.user_id))
    return ErrorReport(
        first, last, tuple(people), _order_fields(adding), len(checks), adding.open_fields.total()
    )


class _Adding:
    """The sums while they are added up."""

    def __init__(self) -> None:
        self.people: dict[tuple[int, date], PersonMonth] = {}
        self.wrong_fields: Counter[str] = Counter()
        self.open_fields: Counter[str] = Counter()

    def add(
        self, check: ContractCheck, first_by_id: int | None, decisions: dict[int, dict[str, CheckResolution]]
    ) -> None:
        """Add one second entry with what was decided about it."""
        month = clock.business_day_of(check.checked_at).replace(day=1)
        second = self._row(check.checked_by_id, month)
        first = self._row(first_by_id, month) if first_by_id is not None else None
        second.fields_second += FIELDS_COMPARED
        if first is not None:
            first.fields_first += FIELDS_COMPARED
        for item in read_differences(check):
            name = item["field"]
            decision = decisions[check.id].get(name)
            if decision is None:
                self.open_fields[name] += 1
                for row in (first, second):
                    if row is not None:
                        row.open += 1
            else:
                self._blame(decision, month)

    def _blame(self, decision: CheckResolution, month: date) -> None:
        if decision.culprit in {Culprit.FIRST, Culprit.BOTH}:
            row = self._row(decision.first_by_id, month)
            row.errors_first += 1
            row.errors_by_field[decision.field] += 1
            self.wrong_fields[decision.field] += 1
        if decision.culprit in {Culprit.SECOND, Culprit.BOTH}:
            row = self._row(decision.second_by_id, month)
            row.errors_second += 1
            row.errors_by_field[decision.field] += 1
            self.wrong_fields[decision.field] += 1

    def _row(self, user_id: int, month: date) -> PersonMonth:
        return self.people.setdefault((user_id, month), PersonMonth(user_id, "", month))


def _list_decisions(session: Session, chosen: Select[ContractCheck]) -> dict[int, dict[str, CheckResolution]]:
    ids = chosen.with_only_columns(ContractCheck.id).order_by(None)
    found: dict[int, dict[str, CheckResolution]] = defaultdict(dict)
    for row in session.scalars(select(CheckResolution).where(CheckResolution.check_id.in_(ids))):
        found[row.check_id][row.field] = row
    return found


def _order_fields(adding: _Adding) -> tuple[FieldErrors, ...]:
    names: Iterable[str] = adding.wrong_fields.keys() | adding.open_fields.keys()
    rows = [FieldErrors(name, adding.wrong_fields[name], adding.open_fields[name]) for name in names]
    return tuple(sorted(rows, key=lambda row: (-row.errors, -row.open, row.field)))
