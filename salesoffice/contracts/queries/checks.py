"""Second entries: what differed, who entered first, what nobody has decided yet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import CheckResolution, Contract, ContractCheck
from salesoffice.core.errors import NotFound
from salesoffice.infra.models import AuditEntry

_LARGEST_ID = 2**31 - 1
_MARK = '"field":'
_ENTRIES = ("contract.entered", "contract.corrected")
_CHECKS = ("contract.checked", "contract.verified")


@dataclass(frozen=True)
class CheckedField:
    """One field in which two entries differed, both values as kept (the certificate masked), and the decision."""

    field: str
    first: str
    second: str
    resolution: CheckResolution | None


@dataclass(frozen=True)
class CheckLine:
    """One second entry that differed: who entered first, and the fields."""

    check: ContractCheck
    first_by_id: int
    fields: tuple[CheckedField, ...]

    @property
    def open_count(self) -> int:
        """How many of its fields nobody has decided yet."""
        return sum(field.resolution is None for field in self.fields)


def get_check(session: Session, contract_id: int, check_id: int) -> ContractCheck:
    """Return a second entry of a contract; raises NotFound."""
    found = session.get(ContractCheck, check_id) if check_id <= _LARGEST_ID else None
    if found is None or found.contract_id != contract_id:
        raise NotFound(_l("There is no such second entry of this contract."))
    return found


def read_differences(check: ContractCheck) -> list[dict[str, str]]:
    """Read what a second entry kept: `field`, `first` and `second` of each field that differed."""
    found: list[dict[str, str]] = json.loads(check.differences)
    return found


def list_checks(session: Session, contract: Contract) -> list[CheckLine]:
    """List the second entries of a contract that differed, the first one first."""
    statement = select(ContractCheck).where(ContractCheck.contract_id == contract.id)
    checks = [check for check in session.scalars(statement.order_by(ContractCheck.id)) if _differs(check)]
    resolutions = _list_resolutions(session, [check.id for check in checks])
    persons = list_first_persons(session, select(Contract.id).where(Contract.id == contract.id))
    return [
        CheckLine(
            check,
            persons.get(check.id, contract.entered_by_id),
            tuple(
                CheckedField(**item, resolution=resolutions.get((check.id, item["field"])))
                for item in read_differences(check)
            ),
        )
        for check in checks
    ]


def list_first_persons(session: Session, contract_ids: Select[int]) -> Mapping[int, int]:
    """Tell by check whose entry each second entry of some contracts was compared with.

    A draft may be corrected by somebody else later; who had entered it at the time is in the audit, in which entries,
    corrections and second entries of a contract stand in their order.
    """
    checks = (
        select(ContractCheck.contract_id, ContractCheck.id)
        .where(ContractCheck.contract_id.in_(contract_ids))
        .order_by(ContractCheck.id)
    )
    waiting: dict[int, list[int]] = {}
    for contract_id, check_id in session.execute(checks):
        waiting.setdefault(contract_id, []).append(check_id)
    entries = (
        select(AuditEntry.subject_id, AuditEntry.action, AuditEntry.actor_id)
        .where(
            AuditEntry.subject_kind == Contract.__tablename__,
            AuditEntry.subject_id.in_(contract_ids),
            AuditEntry.action.in_((*_ENTRIES, *_CHECKS)),
        )
        .order_by(AuditEntry.sequence)
    )
    first: dict[int, int] = {}
    found: dict[int, int] = {}
    for contract_id, action, actor_id in session.execute(entries):
        if action in _ENTRIES and actor_id is not None:
            first[contract_id] = actor_id
        elif action in _CHECKS and waiting.get(contract_id) and contract_id in first:
            found[waiting[contract_id].pop(0)] = first[contract_id]
    return found


def select_unresolved(project_id: int) -> Select[ContractCheck]:
    """Build the select of the second entries of a project with a difference that nobody has decided, the oldest first."""
    decided = (
        select(func.count())
        .where(CheckResolution.check_id == ContractCheck.id)
        .correlate(ContractCheck)
        .scalar_subquery()
    )
    return (
        select(ContractCheck)
        .join(Contract, Contract.id == ContractCheck.contract_id)
        .where(Contract.project_id == project_id, decided < _count_differences())
        .order_by(ContractCheck.id)
    )


def _count_differences() -> ColumnElement[int]:
    """Count the fields in the JSON of a second entry, the same way on both databases."""
    text = ContractCheck.differences
    return (func.length(text) - func.length(func.replace(text, _MARK, ""))) // len(_MARK)


def _differs(check: ContractCheck) -> bool:
    return bool(read_differences(check))


def _list_resolutions(
    session: Session, check_ids: Sequence[int]
) -> Mapping[tuple[int, str], CheckResolution]:
    statement = select(CheckResolution).where(CheckResolution.check_id.in_(check_ids))
    return {(row.check_id, row.field): row for row in session.scalars(statement)}
