"""The number of a subscription agreement: of a numbered form where there is a register, else of the project's series."""

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.infra.numbering import next_number
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import SUBSCRIPTION_SERIES, SUBSCRIPTION_TEMPLATE
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.services import choose_form, take_form, use_form


def choose_number(session: Session, project_id: int, *, actor: Actor) -> str:
    """Return the number of a new agreement; refused with FormsExhausted when the register has no form left.

    `use_agreement_form` follows when the agreement is written.
    """
    form = choose_form(session, project_id=project_id, kind=FormKind.AGREEMENT, actor=actor)
    if form is not None:
        return form.number
    return next_number(
        session, project_id=project_id, series=SUBSCRIPTION_SERIES, template=SUBSCRIPTION_TEMPLATE
    )


def use_agreement_form(session: Session, subscription: Subscription, *, actor: Actor) -> None:
    """Note that the form with the number of a written agreement is used; nothing without a register."""
    form = take_form(
        session,
        project_id=subscription.project_id,
        kind=FormKind.AGREEMENT,
        actor=actor,
        subject_kind=subscription.__tablename__,
        subject_id=subscription.id,
        number=subscription.number,
    )
    if form is not None:
        use_form(session, form, actor=actor)
