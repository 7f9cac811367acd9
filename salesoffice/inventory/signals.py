"""Whether a unit is claimed is known further left (`deals`); this is how inventory asks without importing it.

Exactly one judge is registered when the application is made (`deals.receivers`). Without it nothing that depends on
the answer can be done: the question fails instead of being answered with "nobody".
"""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor

ClaimJudge = Callable[[Session, Collection[int], Actor], Mapping[int, DomainError]]

_judges: list[ClaimJudge] = []


def judges_claims(judge: ClaimJudge) -> ClaimJudge:
    """Register the function that finds, among unit ids, the claimed ones, each with the refusal to answer."""
    _judges.append(judge)
    return judge


def find_claimed(session: Session, unit_ids: Collection[int], actor: Actor) -> Mapping[int, DomainError]:
    """Find the claimed ones among some units, each with its refusal (`unit_taken`)."""
    if not _judges:
        raise RuntimeError("nobody judges claims: salesoffice.deals.receivers was not imported")
    return _judges[-1](session, unit_ids, actor)
