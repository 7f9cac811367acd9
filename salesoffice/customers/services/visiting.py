"""Recording calls and visits."""

from datetime import date
from typing import Required, TypedDict, Unpack

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Visit
from salesoffice.customers.queries import get_customer
from salesoffice.customers.services.reps import check_rep
from salesoffice.infra import audit


class VisitDetails(TypedDict, total=False):
    """A call or visit; `happened_on` is a business day (today when left out), `rep_id` who received it."""

    kind: Required[VisitKind]
    is_first: Required[bool]
    source: Required[Source]
    wants: str
    objections: str
    rep_id: int | None
    customer_id: int | None
    happened_on: date | None


def record_visit(
    session: Session, *, project_id: int, actor: Actor, **details: Unpack[VisitDetails]
) -> Visit:
    """Record a call or a visit of a business day, of a customer or of somebody who left no name.

    Refused: a day in the future, a rep who does not work in the project (InvalidInput), another person's visit
    entered by a rep (NotAllowed), a customer whom the person may not see (NotFound).
    """
    today = clock.business_today()
    happened_on = details.get("happened_on") or today
    if happened_on > today:
        problem = FieldProblem("happened_on", _l("This day has not come yet."))
        raise InvalidInput(_l("The call or visit was not saved."), [problem])
    customer_id = details.get("customer_id")
    if customer_id is not None:
        get_customer(session, customer_id, actor=actor, project_id=project_id)
    rep_id = details.get("rep_id") or actor.id
    check_rep(session, project_id, actor, rep_id)
    if rep_id is None:
        raise InvalidInput(
            _l("The call or visit was not saved."), [FieldProblem("rep_id", _l("Choose who received them."))]
        )
    visit = Visit(
        project_id=project_id,
        customer_id=customer_id,
        kind=details["kind"],
        is_first=details["is_first"],
        source=details["source"],
        wants=details.get("wants", "").strip(),
        objections=details.get("objections", "").strip(),
        rep_id=rep_id,
        happened_on=happened_on,
        entered_at=clock.now(),
        entered_by_id=actor.id,
    )
    session.add(visit)
    session.flush()
    after = {
        "kind": visit.kind, "is_first": visit.is_first, "source": visit.source, "rep_id": rep_id,
        "customer_id": customer_id, "happened_on": happened_on,
    }  # fmt: skip
    audit.record(
        session, action="visit.recorded", actor=actor, project_id=project_id, subject=visit, after=after
    )
    return visit
