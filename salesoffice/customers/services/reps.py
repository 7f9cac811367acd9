"""Who may be entered as the person who serves a customer."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.queries import list_servers


def check_rep(session: Session, project_id: int, actor: Actor, rep_id: int | None) -> None:
    """Refuse another person than oneself from who may not see all customers (NotAllowed), and from anybody a
    person who does not receive customers in the project (InvalidInput). Nobody, and oneself, is always right.
    """
    if rep_id is None or rep_id == actor.id:
        return
    if not actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        raise NotAllowed(_l("Only who sees all customers may enter them for another person."))
    if all(user.id != rep_id for user in list_servers(session, project_id)):
        problem = FieldProblem("rep_id", _l("This person does not receive customers here."))
        raise InvalidInput(_l("Choose another person."), [problem])
