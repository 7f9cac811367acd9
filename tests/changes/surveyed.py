"""A verified sale whose unit is surveyed and whose area is settled."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.core import clock
from salesoffice.deals.models import Deal
from salesoffice.infra.db import transaction
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import UnitArea
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.services import confirm_receipt, record_receipt
from tests.factories import Office


@dataclass
class Surveyed:
    """A verified sale with a mortgage."""

    office: Office
    deal_id: int

    def survey(self, area: str) -> None:
        """Enter the final survey and have it checked; an earlier one is superseded."""
        with transaction() as session:
            unit_id = session.get_one(Deal, self.deal_id).unit_id
            for earlier in session.scalars(select(UnitArea).where(UnitArea.unit_id == unit_id)):
                earlier.superseded_at = clock.now()
            session.flush()
            survey = UnitArea(
                unit_id=unit_id,
                edition=AreaEdition.FINAL,
                gross_area=Decimal(area),
                entered_at=clock.now(),
                entered_by_id=self.office.assistant.id,
                checked_at=clock.now(),
                checked_by_id=self.office.other_assistant.id,
            )
            session.add(survey)

    def settle(self) -> Change:
        """Settle the area as the manager, who needs nobody's approval here."""
        with transaction() as session:
            return request_change(
                session,
                session.get_one(Deal, self.deal_id),
                actor=self.office.actor(self.office.manager),
                kind=ChangeKind.AREA_SETTLEMENT,
                terms={},
                entry=ChangeEntry(ReasonCode.FINAL_SURVEY, "实测", clock.business_today()),
            )

    def pay(self, kind: ReceiptKind, amount: int) -> None:
        """Let money come and be confirmed."""
        with transaction() as session:
            account = session.get_one(Deal, self.deal_id).account
            assert account is not None
            receipt = record_receipt(
                session, account, actor=self.office.actor(self.office.assistant), kind=kind,
                method=PaymentMethod.TRANSFER, amount=amount, received_on=clock.business_today(), slip_no=f"{kind}{amount}",
            )  # fmt: skip
            confirm_receipt(session, receipt, actor=self.office.actor(self.office.finance))
