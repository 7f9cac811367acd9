"""What is kept of subscription agreements: their steps, their audit."""

import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.pricing.rules import StepResult
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


def dump_steps(steps: Sequence[StepResult]) -> str:
    """Write discount steps with their results as an agreement keeps them (JSON)."""
    rows = [
        {
            "kind": result.step.kind.value,
            "value": str(result.step.value),
            "name": result.step.name,
            "before": result.before,
            "after": result.after,
        }
        for result in steps
    ]
    return json.dumps(rows, ensure_ascii=False)


def figures_of(subscription: Subscription) -> dict[str, object]:
    """Return what the audit keeps of a signed agreement."""
    return {
        "number": subscription.number,
        "deal": subscription.deal.number,
        "list_total": subscription.list_total_amount,
        "total": subscription.total_amount,
        "deposit": subscription.deposit_amount,
        "plan": subscription.plan_kind.value,
        "signed_on": subscription.signed_on.isoformat(),
        "sign_by": subscription.sign_by.isoformat(),
        "discounts": json.loads(subscription.discounts),
    }
