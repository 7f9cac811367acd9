"""DOMAIN's vectors of the area settlement, and when what follows after signing is due."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.core.errors import WrongState
from salesoffice.payments.enums import PlanKind
from salesoffice.tracks.enums import TRACK_STEPS, TrackKind, TrackState
from salesoffice.tracks.rules import area_difference, check_track_step, due_day, tracks_of


@pytest.mark.parametrize(
    ("final", "fen"),
    [
        ("102.00", 20_000_00),
        ("103.00", 30_000_00),
        ("104.00", 30_000_00),
        ("98.00", -20_000_00),
        ("97.00", -30_000_00),
        ("96.00", -50_000_00),
        ("100.00", 0),
    ],
)
def test_area_difference_follows_the_3_percent_rule(final: str, fen: int) -> None:
    result = area_difference(1_000_000_00, Decimal("100.00"), Decimal(final))

    assert result == fen


@given(
    total=st.integers(1_00, 10**12),
    agreed=st.integers(1_00, 1_000_00),
    final=st.integers(1_00, 1_000_00),
)
def test_area_difference_agrees_with_fractions(total: int, agreed: int, final: int) -> None:
    share = Fraction(final - agreed, agreed)
    bound = Fraction(3, 100)
    paid = min(share, bound) if share >= -bound else -bound - 2 * (-share - bound)
    exact = total * paid

    result = area_difference(total, Decimal(agreed).scaleb(-2), Decimal(final).scaleb(-2))

    assert abs(result - exact) <= Fraction(1, 2)


def test_mortgage_adds_a_track_that_is_due_after_30_days() -> None:
    signed_on = date(2026, 11, 1)

    plain, mortgaged = tracks_of(PlanKind.FULL), tracks_of(PlanKind.MORTGAGE)

    assert set(mortgaged) - set(plain) == {TrackKind.MORTGAGE}
    assert due_day(TrackKind.MORTGAGE, signed_on, filing_days=30) == date(2026, 12, 1)
    assert due_day(TrackKind.PROVIDENT_FUND, signed_on, filing_days=30) == date(2026, 12, 31)
    assert due_day(TrackKind.REGISTRATION, signed_on, filing_days=20) == date(2026, 11, 21)
    assert due_day(TrackKind.HANDOVER, signed_on, filing_days=20) is None


@pytest.mark.parametrize("current", TrackState)
@pytest.mark.parametrize("wanted", TrackState)
def test_track_step_is_what_the_table_says(current: TrackState, wanted: TrackState) -> None:
    if wanted in TRACK_STEPS[current]:
        check_track_step(TrackKind.TITLE, current, wanted)
    else:
        with pytest.raises(WrongState):
            check_track_step(TrackKind.TITLE, current, wanted)
