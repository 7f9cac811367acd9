"""Approving a price version: by another person, and by its largest single move."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, NotAllowed, SelfApproval
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra import audit
from salesoffice.infra.i18n import _
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import check_version, find_rules, list_approvers
from salesoffice.pricing.rules import UNLIMITED_APPROVERS, may_approve
from salesoffice.pricing.services.versions import PricesUnsound, check_step, lock_version


class MoveBeyondLimit(DomainError):
    """The version moves a price by more than the person may approve."""

    def __init__(self, rate: Decimal | None, limit: Decimal, approvers: Sequence[str]) -> None:
        words = {"limit": f"{limit * 100:.2f}%", "names": ", ".join(approvers) or "–"}
        if rate is None:
            message = _(
                "Units are priced for the first time here, so there is no move to measure: an executive approves"
                " it. Executives of this project: %(names)s.",
                **words,
            )
        elif rate > limit:
            message = _(
                "The largest single move is %(rate)s, more than the %(limit)s that a manager approves. An executive"
                " approves it. Executives of this project: %(names)s.",
                rate=f"{rate * 100:.2f}%",
                **words,
            )
        else:
            message = _(
                "Prices below the project's floor are approved by an executive. Executives of this project:"
                " %(names)s.",
                **words,
            )
        super().__init__(message, code="move_beyond_limit", status=403, rate=rate, limit=limit)


def approve_version(
    session: Session,
    version: PriceVersion,
    *,
    actor: Actor,
    in_force_from: datetime | None = None,
    comment: str = "",
) -> PriceVersion:
    """Approve a submitted version; it comes into force by `put_in_force`, or by the sweep at `in_force_from` (UTC).

    Refused: `wrong_state`, `self_approval` for its author and who submitted it, `move_beyond_limit` for whom the largest
    move is too large, `prices_unsound` while a blocking finding stands, a moment in the past.
    """
    version = lock_version(session, version)
    check_step(version, PriceVersionState.APPROVED)
    _check_moment(in_force_from)
    _check_approver(version, actor)
    findings = check_version(session, version)
    blocking = [finding for finding in findings if finding.is_blocking]
    if blocking:
        raise PricesUnsound(blocking)
    limit = find_rules(session, version.project_id).manager_move_rate
    needs_executive = any(finding.needs_executive for finding in findings)
    roles = actor.roles_in(version.project_id)
    if not may_approve(roles, version.max_move_rate, limit=limit, needs_executive=needs_executive):
        names = list_approvers(session, version.project_id, UNLIMITED_APPROVERS)
        raise MoveBeyondLimit(version.max_move_rate, limit, names)
    version.state = PriceVersionState.APPROVED
    version.approved_at, version.approved_by_id = clock.now(), actor.id
    version.decision_comment, version.in_force_from = comment.strip()[:500], in_force_from
    session.flush()
    after = {"number": version.number, "in_force_from": in_force_from, "comment": version.decision_comment}
    audit.record_change(session, version, "price_version.approved", actor, after=after)
    return version


def _check_moment(moment: datetime | None) -> None:
    if moment is not None and moment < clock.now():
        message = _l("The moment lies in the past. Choose a later one, or put the prices into force at once.")
        raise InvalidInput(message, [FieldProblem("in_force_from", message)], code="moment_past")


def _check_approver(version: PriceVersion, actor: Actor) -> None:
    if actor.id is None or not actor.can(Permission.PRICE_APPROVE, version.project_id):
        raise NotAllowed(_l("Your role does not approve prices. Ask the sales manager or an executive."))
    if actor.id in {version.created_by_id, version.submitted_by_id}:
        raise SelfApproval(
            _l("You made or submitted these prices yourself; somebody else has to approve them.")
        )
