"""Printed price sheets."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.infra.files import store_file
from salesoffice.pricing.enums import SheetFormat, SheetKind
from salesoffice.pricing.models import PriceVersion, SheetPrint
from salesoffice.pricing.services.prints import record_print
from tests.factories import Office


def make_print(session: Session, office: Office) -> SheetPrint:
    """Print the detail sheet of the office's first price version and open its price page to the public."""
    office.project.is_price_page_public = True
    statement = select(PriceVersion).where(PriceVersion.project_id == office.project.id)
    version = session.scalars(statement.order_by(PriceVersion.number)).first()
    assert version is not None
    stored = store_file(
        session, b"%PDF-1.7 sheet", name="sheet.pdf", media_type="application/pdf",
        project_id=office.project.id,
    )  # fmt: skip
    actor = office.actor(office.assistant)
    return record_print(session, version, stored, actor=actor, kind=SheetKind.DETAIL, form=SheetFormat.PDF)
