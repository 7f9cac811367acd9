"""The audit of subscription agreements."""

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.reservations.models import Subscription


def record_subscription(
    session: Session,
    subscription: Subscription,
    action: str,
    actor: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write one audit entry of a subscription agreement."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=subscription.project_id,
        subject=subscription,
        unit_id=subscription.unit_id,
        before=before,
        after=after,
    )
