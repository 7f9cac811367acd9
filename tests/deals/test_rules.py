"""The state everybody sees, and how a claim moves."""

from contextlib import suppress
from itertools import product

import pytest

from salesoffice.core.errors import WrongState
from salesoffice.deals.enums import (
    CLAIM_ENDS,
    CLAIM_STEPS,
    SOLD_STATES,
    UNSOLD_STATES,
    ClaimEnd,
    ClaimKind,
    NotFreeReason,
    UnitState,
)
from salesoffice.deals.rules import (
    UnitNotFree,
    check_claim_end,
    check_claim_step,
    check_unit_free,
    derive_unit_state,
    why_not_free,
)

RELEASE_STATES = ("unreleased", "released", "withheld")


@pytest.mark.parametrize(
    ("release_state", "is_permitted", "state", "reason"),
    [
        ("unreleased", False, UnitState.UNRELEASED, NotFreeReason.UNIT_NOT_RELEASED),
        ("unreleased", True, UnitState.UNRELEASED, NotFreeReason.UNIT_NOT_RELEASED),
        ("released", False, UnitState.UNRELEASED, NotFreeReason.PERMIT_MISSING),
        ("released", True, UnitState.AVAILABLE, None),
        ("withheld", False, UnitState.WITHHELD, NotFreeReason.UNIT_WITHHELD),
        ("withheld", True, UnitState.WITHHELD, NotFreeReason.UNIT_WITHHELD),
    ],
)
def test_unit_without_claim_shows_its_release(
    *, release_state: str, is_permitted: bool, state: UnitState, reason: NotFreeReason | None
) -> None:
    shown = (
        derive_unit_state(release_state, is_permitted, None),
        why_not_free(release_state, is_permitted, None),
    )

    assert shown == (state, reason)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (ClaimKind.HOLD, UnitState.HELD),
        (ClaimKind.PROVISIONAL, UnitState.PROVISIONAL),
        (ClaimKind.SUBSCRIPTION, UnitState.SUBSCRIBED),
        (ClaimKind.CONTRACT, UnitState.CONTRACTED),
        (ClaimKind.SIGNED_ONLINE, UnitState.SIGNED_ONLINE),
        (ClaimKind.FILED, UnitState.FILED),
    ],
)
def test_unit_with_claim_shows_the_claim_whatever_its_release(kind: ClaimKind, state: UnitState) -> None:
    releases = list(product(RELEASE_STATES, (False, True)))

    states = {derive_unit_state(release, is_permitted, kind) for release, is_permitted in releases}
    reasons = {why_not_free(release, is_permitted, kind) for release, is_permitted in releases}

    assert (states, reasons) == ({state}, {NotFreeReason.UNIT_TAKEN})


def test_unit_is_free_exactly_when_available() -> None:
    axes = product(RELEASE_STATES, (False, True), (None, *ClaimKind))

    disagreeing = [
        axis
        for axis in axes
        if (derive_unit_state(*axis) is UnitState.AVAILABLE) != (why_not_free(*axis) is None)
    ]

    assert disagreeing == []


def test_unit_that_is_taken_is_refused_by_code() -> None:
    check_unit_free("released", is_permitted=True, claim_kind=None)

    with pytest.raises(UnitNotFree) as refusal:
        check_unit_free("released", is_permitted=True, claim_kind=ClaimKind.HOLD)

    assert (refusal.value.code, refusal.value.status) == ("unit_taken", 409)


def test_claim_moves_only_as_the_table_says() -> None:
    allowed = set()
    for current, wanted in product(ClaimKind, ClaimKind):
        with suppress(WrongState):
            check_claim_step(current, wanted)
            allowed.add((current, wanted))

    assert allowed == {(current, wanted) for current, steps in CLAIM_STEPS.items() for wanted in steps}
    assert all(list(ClaimKind).index(wanted) > list(ClaimKind).index(current) for current, wanted in allowed)


def test_claim_ends_only_as_the_table_says() -> None:
    allowed = set()
    for kind, end in product(ClaimKind, ClaimEnd):
        with suppress(WrongState):
            check_claim_end(kind, end)
            allowed.add((kind, end))

    assert allowed == {(kind, end) for kind, ends in CLAIM_ENDS.items() for end in ends}
    assert (ClaimKind.SUBSCRIPTION, ClaimEnd.CANCEL) in allowed
    assert not any(kind is ClaimKind.FILED for kind, _ in allowed)


def test_every_state_but_unreleased_is_sold_or_unsold() -> None:
    counted = SOLD_STATES | UNSOLD_STATES

    assert not SOLD_STATES & UNSOLD_STATES
    assert set(UnitState) - counted == {UnitState.UNRELEASED}


def test_claim_refusals_carry_the_code_of_a_wrong_state() -> None:
    with pytest.raises(WrongState) as step:
        check_claim_step(ClaimKind.FILED, ClaimKind.HOLD)
    with pytest.raises(WrongState) as end:
        check_claim_end(ClaimKind.HOLD, ClaimEnd.CANCEL)

    assert (step.value.code, str(step.value.message)) == (
        "wrong_state",
        "“Hold” cannot follow “Contract filed”.",
    )
    assert (end.value.code, str(end.value.message)) == ("wrong_state", "“Hold” cannot end as “Cancelled”.")
