"""Actions for `tests.support.faults`: each changes a sale that exists, in the transaction it is given."""

from typing import Any

from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, Fault, ReasonCode
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.core import clock
from salesoffice.deals.queries import get_deal
from salesoffice.staff.models import User
from salesoffice.staff.queries import build_actor


def cancel(session: Session, arguments: Any) -> None:
    """Cancel the sale `deal` as the user `user` through the buyer's fault."""
    request_change(
        session,
        get_deal(session, arguments["deal"]),
        actor=build_actor(session.get_one(User, arguments["user"])),
        kind=ChangeKind.CANCELLATION,
        terms={},
        entry=ChangeEntry(
            reason_code=ReasonCode.BUYERS_WISH,
            reason="客户申请",
            signed_on=clock.business_today(),
            fault=Fault.BUYER,
        ),
    )


def swap(session: Session, arguments: Any) -> None:
    """Swap the sale `deal` to the unit `unit` as the user `user`."""
    request_change(
        session,
        get_deal(session, arguments["deal"]),
        actor=build_actor(session.get_one(User, arguments["user"])),
        kind=ChangeKind.SWAP,
        terms={"unit_id": arguments["unit"]},
        entry=ChangeEntry(ReasonCode.BUYERS_WISH, "客户申请", clock.business_today()),
    )
