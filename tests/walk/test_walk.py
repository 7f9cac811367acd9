"""Random transactions over all axes against a small independent model: no disagreement, one open claim per unit, and a
sale keeps its number through swap, change of buyers, cancellation and revival.

`SALESOFFICE_WALK_STEPS` says how many steps are taken on each database; the suite takes few of them.
"""

import os
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.factories import Office
from tests.walk import changing, selling
from tests.walk.walker import Steps, Walker

WALK_STEPS = int(os.environ.get("SALESOFFICE_WALK_STEPS", "500"))
SEEDS = (1, 2)
STEPS: Steps = {
    "hold": (8, selling.hold), "release": (3, selling.release), "order": (5, selling.order), "subscribe": (14, selling.subscribe), "pay": (12, selling.pay),
    "refund": (4, selling.refund), "ask extension": (5, selling.ask_extension), "decide extension": (5, selling.decide_extension),
    "draft": (9, selling.draft), "verify": (9, selling.verify), "sign": (7, selling.sign), "file": (5, selling.file),
    "withdraw filing": (3, selling.withdraw_filing), "hand over": (2, selling.hand_over), "cancel": (4, changing.cancel), "forfeit": (3, changing.forfeit),
    "revive": (3, changing.revive), "give back": (2, changing.give_back), "swap": (6, changing.swap), "rename": (3, changing.rename),
    "owners": (6, changing.change_owners), "price": (4, changing.change_price), "void": (2, changing.void), "withhold": (12, changing.withhold),
    "overlay": (2, changing.overlay), "wait": (3, changing.wait),
}  # fmt: skip
"""How often each transaction is tried."""


@pytest.mark.parametrize("seed", SEEDS)
def test_office_agrees_with_the_model_at_every_step(
    session: Session, office: Office, seed: int, record_property: Callable[[str, object], None]
) -> None:
    walker = Walker(session, office, seed=seed)

    counts = walker.walk(WALK_STEPS // len(SEEDS), STEPS)

    record_property("transactions", dict(sorted(counts.items())))
    assert sum(counts.values()) > WALK_STEPS // len(SEEDS) // 2
    assert len(STEPS) == 26
