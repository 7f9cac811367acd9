"""What waits in the office: approvals, prices, permits, units, mail."""

from sqlalchemy import Select, String, cast, func, literal, select

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.queries import waits_for
from salesoffice.infra.models import MailState, OutboxMail
from salesoffice.inventory.enums import AreaEdition, ReleaseState
from salesoffice.inventory.models import Building, Permit, Unit, UnitArea
from salesoffice.inventory.queries import PUBLISH_WITHIN
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.worklist.queries.base import ME, PROJECTS, TODAY, line

_STUCK = (MailState.REFUSED, MailState.UNCERTAIN)


def approvals() -> Select[tuple[object, ...]]:
    """Requests that the person may decide now, in their own role or for somebody who is absent."""
    request = ApprovalRequest
    return (
        select(
            *line(request.project_id, request.id, about=request.title, due=request.decide_by, has_deal=False)
        )
        .where(request.project_id.in_(PROJECTS), request.state == RequestState.PENDING, waits_for(ME))
        .order_by(request.decide_by, request.id)
    )


def requests_of_mine() -> Select[tuple[object, ...]]:
    """Requests of the person that are not decided."""
    request = ApprovalRequest
    return (
        select(
            *line(request.project_id, request.id, about=request.title, due=request.decide_by, has_deal=False)
        )
        .where(
            request.project_id.in_(PROJECTS),
            request.state == RequestState.PENDING,
            request.applicant_id == ME,
        )
        .order_by(request.decide_by, request.id)
    )


def prices() -> Select[tuple[object, ...]]:
    """Price versions that were submitted and that the person neither made nor submitted."""
    version = PriceVersion
    return (
        select(*line(version.project_id, version.number, about=literal("V") + cast(version.number, String), kind=version.state, due=version.submitted_at, has_deal=False))
        .where(
            version.project_id.in_(PROJECTS), version.state == PriceVersionState.SUBMITTED,
            func.coalesce(version.created_by_id, 0) != ME, func.coalesce(version.submitted_by_id, 0) != ME,
        )
        .order_by(version.submitted_at, version.id)
    )  # fmt: skip


def permits() -> Select[tuple[object, ...]]:
    """Permits whose units and prices are not public yet; the law gives ten days."""
    permit = Permit
    return (
        select(*line(permit.project_id, permit.id, about=permit.number, due=permit.issued_on, days=literal(PUBLISH_WITHIN.days), has_deal=False))
        .where(permit.project_id.in_(PROJECTS), permit.published_on.is_(None))
        .order_by(permit.issued_on, permit.id)
    )  # fmt: skip


def withheld_over() -> Select[tuple[object, ...]]:
    """Units kept back past the day until which they were meant to be."""
    return (
        select(*line(Unit.project_id, Unit.id, about=Unit.withheld_reason, due=Unit.withheld_until, has_deal=False, unit_code=Unit.code))
        .where(
            Unit.project_id.in_(PROJECTS), Unit.release_state == ReleaseState.WITHHELD, Unit.withheld_until < TODAY
        )
        .order_by(Unit.withheld_until, Unit.id)
    )  # fmt: skip


def surveys() -> Select[tuple[object, ...]]:
    """Buildings with final areas that another person entered and nobody has checked; `amount` would be their number."""
    area = UnitArea
    return (
        select(*line(Unit.project_id, area.id, about=Building.name, due=area.entered_at, has_deal=False, unit_code=Unit.code, part=Unit.building_id))
        .select_from(area)
        .join(Unit, Unit.id == area.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(
            Unit.project_id.in_(PROJECTS), area.edition == AreaEdition.FINAL, area.superseded_at.is_(None),
            area.checked_at.is_(None), func.coalesce(area.entered_by_id, 0) != ME,
        )
        .order_by(area.entered_at, area.id)
    )  # fmt: skip


def doubts() -> Select[tuple[object, ...]]:
    """Units of which the file did not say for certain where they are."""
    return (
        select(*line(Unit.project_id, Unit.id, about=Unit.doubt, has_deal=False, unit_code=Unit.code))
        .where(Unit.project_id.in_(PROJECTS), Unit.doubt != "")
        .order_by(Unit.id)
    )


def mails() -> Select[tuple[object, ...]]:
    """Mails that were refused, or of which nobody knows whether they arrived."""
    mail = OutboxMail
    return (
        select(
            *line(
                mail.project_id,
                mail.id,
                about=mail.subject,
                kind=mail.state,
                part=mail.recipient,
                due=mail.next_attempt_at,
                has_deal=False,
            )
        )
        .where(mail.project_id.in_(PROJECTS), mail.state.in_(_STUCK))
        .order_by(mail.id)
    )
