"""Steps that end a sale, let it go on, or change it; and what happens to units and time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, Fault
from salesoffice.core import clock
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit as StoredUnit
from salesoffice.inventory.models import UnitOverlay
from salesoffice.inventory.services import lift_overlay, place_overlay, release_unit, withhold_unit
from salesoffice.reservations.services import (
    expire_holds,
)
from tests.walk.model import AGREED, DEPOSIT, PRICE
from tests.walk.walker import Walker


def cancel(walker: Walker) -> None:
    """Cancel a sale by agreement; whose fault it is decides about the deposit."""
    sale = walker.pick_sale("provisional", *AGREED)
    if sale is None:
        return
    fault = walker.chance.choice(list(Fault))
    here = sale.received - sale.refunded
    deposit = 0 if sale.stage == "provisional" else max(min(sale.deposit_received, DEPOSIT, here), 0)
    is_order = sale.stage == "provisional"
    act = walker.change(sale, ChangeKind.CANCELLATION, fault=fault)
    if walker.attempt("cancel", act, allowed=sale.stage in {"provisional", *AGREED}):
        sale.kept = deposit if fault is Fault.BUYER else 0
        sale.owed = deposit if fault is Fault.SELLER else 0
        walker.model.end(sale, "cancelled", comes_back=not is_order)


def forfeit(walker: Walker) -> None:
    """Keep the deposit of a buyer who does not sign."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    deposit = max(min(sale.deposit_received, DEPOSIT, sale.received - sale.refunded), 0)
    act = walker.change(sale, ChangeKind.FORFEITURE)
    if walker.attempt("forfeit", act, allowed=sale.stage in AGREED):
        sale.kept = deposit
        walker.model.end(sale, "forfeited", comes_back=True)


def revive(walker: Walker) -> None:
    """Let a forfeited sale go on."""
    sale = walker.pick_sale("forfeited")
    if sale is None:
        return
    unit = walker.model.units[sale.unit]
    sign_by = clock.business_today() + timedelta(days=7)
    act = walker.change(sale, ChangeKind.REVIVAL, sign_by=sign_by.isoformat())
    allowed = sale.stage == "forfeited" and unit.sale is None and not unit.is_overlaid
    if walker.attempt("revive", act, allowed=allowed):
        sale.stage, sale.is_open, sale.kept, sale.extended_days = "subscribed", True, 0, 0
        unit.sale, unit.is_withheld = sale, False


def give_back(walker: Walker) -> None:
    """Let some of a forfeited deposit be paid back after all."""
    sale = walker.pick_sale("forfeited")
    if sale is None:
        return
    amount = walker.chance.choice((10_000_00, DEPOSIT))
    act = walker.change(sale, ChangeKind.REFUND_AFTER_FORFEITURE, amount_fen=amount)
    if walker.attempt("give back", act, allowed=sale.stage == "forfeited" and amount <= sale.kept):
        sale.kept -= amount
        sale.overtake()


def swap(walker: Walker) -> None:
    """Swap a unit for another."""
    sale, unit = walker.pick_sale(*AGREED), walker.pick_unit()
    if sale is None:
        return
    act = walker.change(sale, ChangeKind.SWAP, unit_id=walker.units[unit].id)
    if walker.attempt("swap", act, allowed=sale.stage in AGREED and walker.model.is_free(unit)):
        walker.model.move(sale, unit)


def rename(walker: Walker) -> None:
    """Let somebody else buy."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    buyers = walker.chance.sample(walker.customers, walker.chance.randint(1, 3))
    act = walker.change(sale, ChangeKind.NAME_CHANGE, customer_ids=buyers)
    allowed = sale.stage in AGREED and not sale.has_draft and buyers != sale.buyers
    if walker.attempt("rename", act, allowed=allowed):
        sale.buyers = buyers
        sale.overtake()


def change_owners(walker: Walker) -> None:
    """Add a co-owner, or take one out, or make one the principal."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    customer = walker.chance.choice(walker.customers)
    possible = sale.stage in AGREED and not sale.has_draft
    what = walker.chance.choice(("add", "remove", "principal"))
    others = [buyer for buyer in sale.buyers if buyer != customer]
    if what == "add":
        act = walker.change(sale, ChangeKind.CO_OWNER, add=[{"customer_id": customer}])
        allowed, buyers = possible and customer not in sale.buyers, [*sale.buyers, customer]
    elif what == "remove":
        act = walker.change(sale, ChangeKind.CO_OWNER, remove=[customer])
        allowed, buyers = possible and customer in sale.buyers[1:], others
    else:
        act = walker.change(sale, ChangeKind.PRINCIPAL, customer_id=customer)
        allowed, buyers = possible and customer in sale.buyers[1:], [customer, *others]
    if walker.attempt(f"{what} owner", act, allowed=allowed):
        sale.buyers = buyers
        sale.overtake()


def change_price(walker: Walker) -> None:
    """Agree on another price."""
    sale = walker.pick_sale(*AGREED)
    if sale is None:
        return
    price = walker.chance.choice((PRICE, 895_000_00, 891_000_01, PRICE + 1))
    act = walker.change(sale, ChangeKind.PRICE, total_fen=price)
    allowed = sale.stage in AGREED and not sale.has_draft and price != sale.price and price <= PRICE
    if walker.attempt("change price", act, allowed=allowed):
        sale.price = price
        sale.overtake()


def void(walker: Walker) -> None:
    """Void what was entered by mistake."""
    sale = walker.pick_sale("provisional", "subscribed")
    if sale is None:
        return
    allowed = sale.stage in {"provisional", "subscribed"} and not sale.received and not sale.has_draft
    if walker.attempt("void", walker.change(sale, ChangeKind.VOID), allowed=allowed):
        walker.model.end(sale, "void", comes_back=False)


def withhold(walker: Walker) -> None:
    """Keep a unit back, or put it on sale again."""
    index = walker.pick_unit()
    unit = walker.model.units[index]

    def act(session: Session) -> None:
        stored = session.get_one(StoredUnit, walker.units[index].id)
        if unit.is_withheld:
            release_unit(session, stored, actor=walker.actor("manager"))
        else:
            withhold_unit(session, stored, actor=walker.actor("manager"), reason="领导保留")

    name = "put on sale" if unit.is_withheld else "withhold"
    if walker.attempt(name, act, allowed=unit.sale is None):
        unit.is_withheld = not unit.is_withheld


def overlay(walker: Walker) -> None:
    """Note a legal restriction, or that it is lifted."""
    index = walker.pick_unit()
    unit = walker.model.units[index]

    def act(session: Session) -> None:
        stored, today = session.get_one(StoredUnit, walker.units[index].id), clock.business_today()
        if unit.is_overlaid:
            standing = session.scalars(
                select(UnitOverlay).where(UnitOverlay.unit_id == stored.id, UnitOverlay.lifted_on.is_(None))
            ).one()
            lift_overlay(session, standing, actor=walker.actor("manager"), lifted_on=today, reason="解除")
        else:
            place_overlay(
                session, stored, actor=walker.actor("manager"), kind=OverlayKind.SEIZED, since_on=today, reference="裁定"
            )  # fmt: skip

    if walker.attempt("lift" if unit.is_overlaid else "overlay", act, allowed=True):
        unit.is_overlaid = not unit.is_overlaid


def wait(walker: Walker) -> None:
    """Let two hours pass; what was kept by time is over."""
    if walker.travel is None:
        return
    walker.travel.shift(timedelta(hours=2))
    walker.model.pass_time(clock.now())
    walker.attempt("wait", expire_holds, allowed=True)
