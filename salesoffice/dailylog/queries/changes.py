"""The changes of sales of a day, list by list; customers are masked."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.dailylog.queries.details import Entry, list_buyer_names
from salesoffice.dailylog.rules.figures import NO_AREA
from salesoffice.deals.models import Deal
from salesoffice.inventory.models import Unit
from salesoffice.staff.models import User

LISTED = {
    "swaps": (ChangeKind.SWAP,),
    "name_changes": (ChangeKind.NAME_CHANGE, ChangeKind.PRINCIPAL),
    "co_owners": (ChangeKind.CO_OWNER,),
    "price_changes": (ChangeKind.PRICE,),
    "extensions": (ChangeKind.EXTENSION,),
    "forfeitures": (ChangeKind.FORFEITURE,),
}
"""The lists of the day with the kinds of change in each."""


def list_changes(session: Session, project_id: int, name: str, day: date, until: datetime) -> list[Entry]:
    """List the changes of one of the `LISTED` names that count for a day; a change taken back is not among them."""
    statement = (
        select(Change, Deal.id, Unit.code, User.name)
        .join(Deal, Deal.id == Change.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .join(User, User.id == Deal.rep_id)
        .where(
            Change.project_id == project_id,
            Change.kind.in_(LISTED[name]),
            Change.attributed_on == day,
            Change.applied_at <= until,
            or_(Change.undone_at.is_(None), Change.undone_at > until),
        )
        .order_by(Change.id)
    )
    rows = session.execute(statement).all()
    names = list_buyer_names(session, [deal_id for _change, deal_id, _code, _rep in rows])
    return [
        Entry(
            number=change.number,
            unit=_say_unit(change, code),
            customer=names.get(deal_id, ""),
            rep=rep,
            area=NO_AREA,
            amount=change.amount_effect,
            note=_say(change),
        )
        for change, deal_id, code, rep in rows
    ]


def _say_unit(change: Change, code: str) -> str:
    if change.kind is not ChangeKind.SWAP:
        return code
    return f"{_old(change)['unit']} → {_new(change)['unit']}"


def _say(change: Change) -> str:
    """Say in figures or masked names what changed; the reason where there is nothing shorter."""
    if change.kind is ChangeKind.EXTENSION:
        return f"{_old(change)['sign_by']} → {_new(change)['sign_by']}"
    if change.kind in {ChangeKind.NAME_CHANGE, ChangeKind.PRINCIPAL, ChangeKind.CO_OWNER}:
        return f"{_names(_old(change))} → {_names(_new(change))}"
    return change.reason


def _names(values: Mapping[str, list[Mapping[str, str]]]) -> str:
    return "、".join(buyer["name"] for buyer in values["buyers"])


def _old(change: Change) -> Mapping[str, list[Mapping[str, str]]]:
    found: Mapping[str, list[Mapping[str, str]]] = json.loads(change.old_values)
    return found


def _new(change: Change) -> Mapping[str, list[Mapping[str, str]]]:
    found: Mapping[str, list[Mapping[str, str]]] = json.loads(change.new_values)
    return found
