"""Making a price version of a plan, exactly as it was shown."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, FieldProblem
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import build_repricing, list_differing, load_facts
from salesoffice.priceplans.services.changes import lock_plan
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.services import draft_version

_NAMED = 20
"""Units named in a refusal."""


class PricesChangedMeanwhile(DomainError):
    """Units were claimed, freed, measured or priced since the preview was shown; `codes` names them."""

    def __init__(self, codes: Sequence[str]) -> None:
        message = _l(
            "%(count)s units changed since this preview was shown. Look at it again before you make the version.",
            count=len(codes),
        )
        errors = [FieldProblem("unit", code) for code in codes[:_NAMED]]
        super().__init__(message, code="prices_stale", errors=errors, codes=tuple(codes))


def make_version(
    session: Session, plan: PricePlan, *, actor: Actor, revision: int, shown: str, note: str = ""
) -> PriceVersion:
    """Make a draft version of a plan's prices. `shown` is the preview's `Repricing.shown`: nothing else is written.

    Claimed units keep their price. Refused: PlanClosed, PlanChangedMeanwhile; units that changed meanwhile, by name
    (PricesChangedMeanwhile); what the rules and `draft_version` refuse.
    """
    plan = lock_plan(session, plan, revision)
    facts = load_facts(session, plan)
    repricing = build_repricing(facts, facts.compute())
    changed = list_differing(shown, repricing.shown)
    if changed or shown != repricing.shown:
        codes = {place.unit_id: place.code for place in facts.places}
        raise PricesChangedMeanwhile([codes.get(unit_id, f"#{unit_id}") for unit_id in changed])
    version = draft_version(
        session, plan.project_id, actor=actor, prices=repricing.drafts, source=plan.name, note=note
    )
    plan.version_id = version.id
    audit.record(
        session,
        action="price_plan.version_made",
        actor=actor,
        project_id=plan.project_id,
        subject=plan,
        after={"version": version.number, "revision": plan.revision, "units": len(repricing.drafts)},
    )
    session.flush()
    return version
