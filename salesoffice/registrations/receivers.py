"""What registrations tell features further right: whether earnest money may be taken for one (payments)."""

from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.payments.signals import judges_money
from salesoffice.registrations.queries import find_registration_of_account, has_permit
from salesoffice.registrations.rules import PermitMissing


@judges_money
def judge_money(session: Session, account_id: int, received_on: date) -> DomainError | None:
    """Refuse earnest money that came before the project had any pre-sale permit."""
    registration = find_registration_of_account(session, account_id)
    if registration is None or has_permit(session, registration.project_id, received_on):
        return None
    return PermitMissing()
