"""Writing a list of customers: each is registered through the services of customers, with the visit the file tells."""

from sqlalchemy.orm import Session

from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.imports.enums import ImportKind, RowOutcome
from salesoffice.imports.rules.plan import CustomerPlanRow, Plan
from salesoffice.infra.i18n import _l


def check_kind(actor: Actor, project_id: int, kind: ImportKind) -> None:
    """Refuse a list of customers to who may not see and edit all customers (NotAllowed)."""
    needed = (Permission.CUSTOMER_VIEW_ALL, Permission.CUSTOMER_EDIT)
    if kind is ImportKind.CUSTOMERS and not all(actor.can(one, project_id) for one in needed):
        raise NotAllowed(_l("Only who sees and edits all customers may import a list of them."))


def write_customers(session: Session, project_id: int, plan: Plan, *, actor: Actor) -> None:
    """Register the new customers of a plan and their first visits; each has its own entry in the audit."""
    for planned in plan.customers:
        if planned.outcome is RowOutcome.CREATED:
            _register(session, project_id, planned, actor)


def _register(session: Session, project_id: int, planned: CustomerPlanRow, actor: Actor) -> None:
    row = planned.row
    customer = register_customer(
        session,
        project_id=project_id,
        actor=actor,
        name=row.name,
        phones=row.phones,
        source=row.source,
        note=row.note,
        rep_id=planned.rep_id,
    )
    received_by = planned.rep_id or actor.id
    if row.visited_on is None or received_by is None:
        return
    record_visit(
        session,
        project_id=project_id,
        actor=actor,
        kind=VisitKind.VISIT,
        is_first=True,
        source=row.source or Source.OTHER,
        wants=row.wants,
        rep_id=received_by,
        customer_id=customer.id,
        happened_on=row.visited_on,
    )
