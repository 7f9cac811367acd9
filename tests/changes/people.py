"""Other customers than the buyer, and a floor under a price."""

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.pricing.enums import PriceLayer
from salesoffice.pricing.services import set_limits
from tests.factories import Office

OTHERS = {"李乙": "110101199003070038", "王丙": "110101199003070054"}
"""Names with invented certificate numbers that check."""


def make_other(session: Session, office: Office, *, name: str = "李乙", certificate: bool = True) -> Customer:
    """Register another customer of the rep, with or without a certificate."""
    return register_customer(
        session,
        project_id=office.project.id,
        actor=office.actor(office.assistant),
        name=name,
        phones=[f"1380000{1300 + len(name) + sum(map(ord, name)) % 500}"],
        certificate_kind=CertificateKind.IDENTITY_CARD if certificate else None,
        certificate_no=OTHERS[name] if certificate else None,
        rep_id=office.rep.id,
    )


def set_floor(session: Session, office: Office, unit_id: int, total: int) -> None:
    """Set the project's floor price (fen) of a unit."""
    set_limits(
        session,
        office.project.id,
        actor=office.actor(office.manager),
        layer=PriceLayer.PROJECT_FLOOR,
        totals={unit_id: total},
        effective_on=clock.business_today(),
        source="test",
    )
