"""Putting papers to sales, and asking for them."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from salesoffice.deals.enums import AttachmentKind, Stage
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.deals.services import attach, require_attachment
from salesoffice.deals.services.attachments import keep_upload
from tests.factories import Office

PDF = b"%PDF-1.7 scan"


@pytest.fixture
def put(office: Office) -> Callable[..., DealAttachment]:
    """Attach a scan to a sale as the assistant: `put(session, deal, kind)`."""

    def run(session: Session, deal: Deal, kind: AttachmentKind, data: bytes = PDF) -> DealAttachment:
        stored = keep_upload(session, deal, data=data, name="scan.pdf")
        actor = office.actor(office.assistant)
        return attach(session, deal, actor=actor, kind=kind, name=stored.name, stored=stored)

    return run


@pytest.fixture
def require(office: Office) -> Callable[..., None]:
    """Ask for a kind of paper before a stage as the manager: `require(session, stage, kind)`."""

    def run(session: Session, stage: Stage, kind: AttachmentKind) -> None:
        actor = office.actor(office.manager)
        require_attachment(session, office.project, actor=actor, stage=stage, kind=kind)

    return run
