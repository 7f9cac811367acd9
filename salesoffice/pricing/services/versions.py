"""Drafting, submitting, returning and withdrawing price versions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, NotAllowed, WrongState
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import lock_project
from salesoffice.pricing.enums import PRICE_VERSION_STEPS, PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import check_version, list_drafts, version_in_force
from salesoffice.pricing.rules import Finding, PriceDraft, largest_move
from salesoffice.pricing.services.writing import (
    Areas,
    add_draft,
    check_prices,
    copy_prices,
    insert_prices,
    name_unit,
)

_NAMED = 20
"""Units named in a refusal; the page shows them all."""


class PricesUnchanged(DomainError):
    """A draft would have the prices that are in force already."""

    def __init__(self) -> None:
        message = _l("None of these prices differs from the one in force; there is nothing to decide.")
        super().__init__(message, code="prices_unchanged")


class PricesUnsound(DomainError):
    """Findings stand against the version that must go first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        found = list(findings)
        message = _l(
            "%(count)s prices break a limit. Make a new version with other prices, or change the limits first.",
            count=len(found),
        )
        errors = [
            FieldProblem(finding.code, name_unit(finding.code, finding.kind.label))
            for finding in found[:_NAMED]
        ]
        super().__init__(message, code="prices_unsound", status=422, errors=errors, count=len(found))


def draft_version(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    prices: Mapping[int, PriceDraft],
    source: str,
    note: str = "",
) -> PriceVersion:
    """Make version N+1 as a draft: all prices in force plus these (by unit id). Its prices never change.

    A price that states no filed total keeps the one in force. Refused: units of another project and figures of zero or
    less (InvalidInput), prices that are all in force already (PricesUnchanged).
    """
    lock_project(session, project_id)
    check_prices(session, project_id, prices)
    base = version_in_force(session, project_id)
    before = list_drafts(session, base) if base else {}
    full = {unit_id: _keep_filed(price, before.get(unit_id)) for unit_id, price in prices.items()}
    changed = {unit_id: price for unit_id, price in full.items() if before.get(unit_id) != price}
    if not changed:
        raise PricesUnchanged
    version = add_draft(session, project_id, actor=actor, source=source[:255], note=note[:500])
    version.base_version_id = base.id if base else None
    version.max_move_rate = largest_move(before, changed)
    copy_prices(session, base, version, without=changed)
    insert_prices(session, version, changed, find_areas(session, project_id))
    after = {"number": version.number, "source": source, "changed": len(changed)}
    audit.record_change(session, version, "price_version.drafted", actor, after=after)
    return version


def revert_to(session: Session, version: PriceVersion, *, actor: Actor, note: str = "") -> PriceVersion:
    """Make a new draft with the prices of an older version; units that it did not have keep theirs.

    Refused: `wrong_state` for a version that was never in force, `prices_unchanged`.
    """
    if version.state is not PriceVersionState.SUPERSEDED:
        raise WrongState(_l("Only prices that were in force before can be brought back."))
    return draft_version(
        session,
        version.project_id,
        actor=actor,
        prices=list_drafts(session, version),
        source=f"← {version.number}",
        note=note,
    )


def submit_version(session: Session, version: PriceVersion, *, actor: Actor) -> PriceVersion:
    """Submit a draft for approval. Refused: `wrong_state`, `prices_unsound` while a blocking finding stands."""
    version = lock_version(session, version)
    check_step(version, PriceVersionState.SUBMITTED)
    if actor.id is None:
        raise NotAllowed(_l("Only a person can submit prices."))
    blocking = [finding for finding in check_version(session, version) if finding.is_blocking]
    if blocking:
        raise PricesUnsound(blocking)
    version.state = PriceVersionState.SUBMITTED
    version.submitted_at, version.submitted_by_id = clock.now(), actor.id
    version.decision_comment = ""
    session.flush()
    audit.record_change(session, version, "price_version.submitted", actor, after={"number": version.number})
    return version


def return_version(session: Session, version: PriceVersion, *, actor: Actor, comment: str) -> PriceVersion:
    """Give a submitted version back to its author with a comment. Refused: `wrong_state`, no comment."""
    if not comment.strip():
        message = _l("Say in a few words what has to change.")
        raise InvalidInput(message, [FieldProblem("comment", message)], code="comment_missing")
    version = lock_version(session, version)
    check_step(version, PriceVersionState.DRAFT)
    version.state = PriceVersionState.DRAFT
    version.submitted_at = version.submitted_by_id = None
    version.decision_comment = comment.strip()[:500]
    session.flush()
    after = {"number": version.number, "comment": version.decision_comment}
    audit.record_change(session, version, "price_version.returned", actor, after=after)
    return version


def withdraw_version(
    session: Session, version: PriceVersion, *, actor: Actor, comment: str = ""
) -> PriceVersion:
    """Withdraw a version that is not in force yet; an approved one only by somebody who may approve.

    Withdrawing twice changes nothing. Refused: `wrong_state`, `not_allowed`.
    """
    version = lock_version(session, version)
    if version.state is PriceVersionState.WITHDRAWN:
        return version
    check_step(version, PriceVersionState.WITHDRAWN)
    if version.state is PriceVersionState.APPROVED and not actor.can(
        Permission.PRICE_APPROVE, version.project_id
    ):
        raise NotAllowed(_l("An approved version is withdrawn by somebody who may approve prices."))
    before = {"state": version.state.value}
    version.state = PriceVersionState.WITHDRAWN
    version.decision_comment = comment.strip()[:500] or version.decision_comment
    session.flush()
    after = {"number": version.number, "comment": comment.strip()[:500]}
    audit.record_change(session, version, "price_version.withdrawn", actor, before=before, after=after)
    return version


def lock_version(session: Session, version: PriceVersion) -> PriceVersion:
    """Lock a version and return it fresh; its project is locked first, as by everybody who moves a version."""
    lock_project(session, version.project_id)
    return lock_rows(session, select(PriceVersion).where(PriceVersion.id == version.id))[0]


def check_step(version: PriceVersion, state: PriceVersionState) -> None:
    """Refuse a step that does not follow from the version's state with WrongState."""
    if state not in PRICE_VERSION_STEPS[version.state]:
        message: LazyString = _l(
            "Price version %(number)s is in the state “%(state)s”; this cannot be done with it now.",
            number=version.number,
            state=version.state.label,
        )
        raise WrongState(message, number=version.number, state=version.state.value)


def find_areas(session: Session, project_id: int) -> dict[int, Areas]:
    """Return gross and inner area (m²) of a project's units by id."""
    statement = select(Unit.id, Unit.gross_area, Unit.inner_area).where(Unit.project_id == project_id)
    return {unit_id: (gross, inner) for unit_id, gross, inner in session.execute(statement)}


def _keep_filed(price: PriceDraft, old: PriceDraft | None) -> PriceDraft:
    if price.filed_total_amount is not None or old is None or old.filed_total_amount is None:
        return price
    return replace(price, filed_total_amount=old.filed_total_amount)
