"""Setting the limits of prices and the rules for changing them; what was before stays to be seen."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.money import MAX_AMOUNT
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import lock_project
from salesoffice.pricing.enums import FilingProblem, PriceLayer
from salesoffice.pricing.models import PriceLimit, PriceRules
from salesoffice.pricing.queries import find_rules, list_current_limits
from salesoffice.pricing.rules import RuleRates, check_filing
from salesoffice.pricing.services.writing import name_unit
from salesoffice.projects.models import Project

LONGEST_INTERVAL = 3660
"""Days between two filings at most."""

_NAMED = 20
_BATCH = 5000


@dataclass(frozen=True)
class LimitChange:
    """A limit as it would be set: amounts in fen, `old` None when there is none yet, and what the city's rules say."""

    unit_id: int
    code: str
    old: int | None
    new: int
    problems: tuple[FilingProblem, ...] = ()


class FilingRefused(DomainError):
    """Filed prices would change against the city's rules."""

    def __init__(self, changes: list[LimitChange]) -> None:
        message = _l(
            "%(count)s filed prices break the city's rules. If the authority has accepted them, say so and save again.",
            count=len(changes),
        )
        errors = [
            FieldProblem(change.code, name_unit(change.code, problem.label))
            for change in changes[:_NAMED]
            for problem in change.problems
        ]
        super().__init__(message, code="filing_refused", errors=errors, count=len(changes))


def preview_limits(
    session: Session,
    project_id: int,
    *,
    layer: PriceLayer,
    totals: Mapping[int, int],
    effective_on: date,
) -> list[LimitChange]:
    """Return what `set_limits` would change, by code of the unit; limits that stay the same are left out.

    Refused: units of another project, amounts that are no price (InvalidInput).
    """
    codes = dict(session.execute(select(Unit.id, Unit.code).where(Unit.project_id == project_id)).all())
    if totals.keys() - codes.keys():
        raise InvalidInput(_l("A limit names a unit that is not in this project."), code="unit_unknown")
    if not all(0 < amount <= MAX_AMOUNT for amount in totals.values()):
        raise InvalidInput(_l("A price must be more than zero."), code="price_invalid")
    rules = find_rules(session, project_id)
    current = list_current_limits(session, totals.keys(), layer)
    changes = []
    for unit_id, amount in totals.items():
        old = current.get(unit_id)
        if old is not None and old.total_amount == amount:
            continue
        problems = (
            check_filing(old.total_amount, old.effective_on, amount, effective_on, rules)
            if old is not None and layer is PriceLayer.FILED
            else []
        )
        before = old.total_amount if old else None
        changes.append(LimitChange(unit_id, codes[unit_id], before, amount, tuple(problems)))
    return sorted(changes, key=lambda change: change.code)


def set_limits(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    layer: PriceLayer,
    totals: Mapping[int, int],
    effective_on: date,
    source: str,
    is_accepted: bool = False,
) -> list[LimitChange]:
    """Set the limits of units (fen by unit id) in one layer and return what changed; the old rows are superseded.

    Setting the same limits again changes nothing. Refused: what `preview_limits` refuses, and filed prices against the
    city's rules (FilingRefused) unless `is_accepted` says that the authority has accepted them.
    """
    lock_project(session, project_id)
    changes = preview_limits(session, project_id, layer=layer, totals=totals, effective_on=effective_on)
    refused = [change for change in changes if change.problems]
    if refused and not is_accepted:
        raise FilingRefused(refused)
    if not changes:
        return changes
    now = clock.now()
    ids = [change.unit_id for change in changes]
    for start in range(0, len(ids), _BATCH):
        session.execute(
            update(PriceLimit)
            .where(
                PriceLimit.unit_id.in_(ids[start : start + _BATCH]),
                PriceLimit.layer == layer,
                PriceLimit.superseded_at.is_(None),
            )
            .values(superseded_at=now)
            .execution_options(synchronize_session=False)
        )
    rows = [
        {
            "unit_id": change.unit_id,
            "layer": layer,
            "total_amount": change.new,
            "effective_on": effective_on,
            "source": source[:255],
            "set_at": now,
            "set_by_id": actor.id,
        }
        for change in changes
    ]
    session.execute(insert(PriceLimit), rows)
    _record(session, project_id, actor, layer, changes, effective_on=effective_on, source=source)
    return changes


def set_rules(session: Session, project_id: int, *, actor: Actor, rules: RuleRates) -> PriceRules:
    """Set the rules for the prices of a project. Refused: figures out of their bounds (InvalidInput)."""
    _check_rules(rules)
    lock_project(session, project_id)
    before = find_rules(session, project_id)
    found = session.get(PriceRules, project_id)
    if found is None:
        found = PriceRules(project_id=project_id)
        session.add(found)
    for name, value in asdict(rules).items():
        setattr(found, name, value)
    session.flush()
    if before != rules:
        project = session.get_one(Project, project_id)
        audit.record(
            session,
            action="price_rules.changed",
            actor=actor,
            project_id=project_id,
            subject=project,
            before=asdict(before),
            after=asdict(rules),
        )
    return found


def _check_rules(rules: RuleRates) -> None:
    problems = [
        FieldProblem(name, _l("Enter a share above 0 and up to 100 per cent."))
        for name in ("refile_rate", "max_cut_rate", "large_move_rate", "total_delta_rate")
        if not 0 < getattr(rules, name) <= 1
    ]
    if not 0 <= rules.manager_move_rate <= 1:
        problems.append(FieldProblem("manager_move_rate", _l("Enter a share from 0 to 100 per cent.")))
    if not 0 <= rules.refile_interval_days <= LONGEST_INTERVAL:
        problems.append(
            FieldProblem("refile_interval_days", _l("Enter 0 to %(count)s days.", count=LONGEST_INTERVAL))
        )
    if problems:
        raise InvalidInput(_l("These rules cannot be used. Please correct them."), problems)


def _record(
    session: Session,
    project_id: int,
    actor: Actor,
    layer: PriceLayer,
    changes: list[LimitChange],
    *,
    effective_on: date,
    source: str,
) -> None:
    audit.record(
        session,
        action="price_limits.set",
        actor=actor,
        project_id=project_id,
        subject=session.get_one(Project, project_id),
        before={change.code: change.old for change in changes},
        after={
            "layer": layer.value,
            "effective_on": effective_on.isoformat(),
            "source": source,
            "totals": {change.code: change.new for change in changes},
            "exceptions": [change.code for change in changes if change.problems],
        },
    )
