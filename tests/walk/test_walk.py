"""Random transactions over all axes against a small independent model: no disagreement, one open claim per unit, and a
sale keeps its number through swap, change of buyers, cancellation and revival.

`SALESOFFICE_WALK_STEPS` says how many steps are taken on each database; the suite takes few of them.
"""

import os
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.factories import Office
from tests.walk.walker import STEPS, Walker

WALK_STEPS = int(os.environ.get("SALESOFFICE_WALK_STEPS", "500"))
SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_office_agrees_with_the_model_at_every_step(
    session: Session, office: Office, seed: int, record_property: Callable[[str, object], None]
) -> None:
    walker = Walker(session, office, seed=seed)

    counts = walker.walk(WALK_STEPS // len(SEEDS))

    record_property("transactions", dict(sorted(counts.items())))
    assert sum(counts.values()) > WALK_STEPS // len(SEEDS) // 2
    assert len(STEPS) == 26
