"""Discount schemes become ordered steps; who may give how much."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.offers.rules import (
    DiscountNotAllowed,
    Scheme,
    allowed_rate,
    check_authority,
    choose_steps,
)
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import apply_discounts
from salesoffice.staff.enums import ROLE_LABELS

DAY = date(2026, 6, 1)
LIST = 1_000_000_00
FIRST = Scheme(1, "98", DiscountKind.PERCENTAGE, Decimal("0.98"), 1, DAY)
AMOUNT = Scheme(2, "50,000 off", DiscountKind.AMOUNT, Decimal(50_000_00), 2, DAY)
SECOND = Scheme(3, "95", DiscountKind.PERCENTAGE, Decimal("0.95"), 3, DAY)


def price(*schemes: Scheme, plan: PlanKind = PlanKind.FULL, on: date = DAY) -> list[int]:
    """The results of the steps on a list price of 1,000,000.00 yuan for 100 m²."""
    area = Decimal("100.00")
    steps = choose_steps(schemes, plan=plan, on=on, list_total=LIST, area=area)
    return [result.after for result in apply_discounts(LIST, area, steps)]


@pytest.mark.parametrize(
    ("positions", "results"),
    [
        ((1, 2, 3), [980_000_00, 930_000_00, 883_500_00]),
        ((1, 3, 2), [980_000_00, 931_000_00, 881_000_00]),
        ((2, 1, 3), [950_000_00, 931_000_00, 884_450_00]),
    ],
)
def test_position_decides_the_order_of_steps(positions: tuple[int, int, int], results: list[int]) -> None:
    chosen = [
        replace(scheme, position=place)
        for scheme, place in zip((FIRST, AMOUNT, SECOND), positions, strict=True)
    ]

    assert price(*reversed(chosen)) == results


def test_cap_limits_what_a_scheme_takes_off() -> None:
    capped = replace(SECOND, cap=10_000_00)

    assert price(FIRST, capped) == [980_000_00, 970_000_00]


def test_cap_that_is_not_reached_changes_nothing() -> None:
    assert price(replace(FIRST, cap=20_000_00)) == [980_000_00]


@pytest.mark.parametrize(
    ("schemes", "plan", "on", "words"),
    [
        ((replace(FIRST, is_active=False),), PlanKind.FULL, DAY, "is closed"),
        ((FIRST,), PlanKind.FULL, date(2026, 5, 31), "begins on 2026-06-01"),
        ((replace(FIRST, valid_until=DAY),), PlanKind.FULL, date(2026, 6, 2), "ended on 2026-06-01"),
        (
            (replace(FIRST, plan_kinds=frozenset({PlanKind.FULL})),),
            PlanKind.MORTGAGE,
            DAY,
            "does not go with this payment plan",
        ),
        ((replace(FIRST, is_stackable=False), SECOND), PlanKind.FULL, DAY, "cannot be combined"),
        (tuple(replace(AMOUNT, id=number) for number in range(7)), PlanKind.FULL, DAY, "At most 6"),
    ],
)
def test_scheme_that_cannot_be_given_is_refused_by_name(
    schemes: tuple[Scheme, ...], plan: PlanKind, on: date, words: str
) -> None:
    with pytest.raises(DomainError) as refused:
        price(*schemes, plan=plan, on=on)

    assert (refused.value.code, words in str(refused.value.message)) == ("scheme_not_usable", True)


def test_scheme_that_stands_alone_may_be_given_alone() -> None:
    assert price(replace(FIRST, is_stackable=False)) == [980_000_00]


def test_last_day_is_inside_the_validity() -> None:
    assert price(replace(FIRST, valid_until=DAY), on=DAY) == [980_000_00]


def test_scheme_per_area_needs_an_area() -> None:
    per_area = replace(AMOUNT, kind=DiscountKind.PER_AREA, value=Decimal(100_00))

    with pytest.raises(DomainError) as refused:
        choose_steps([per_area], plan=None, on=DAY, list_total=LIST, area=None)

    assert refused.value.code == "discount_invalid"


@pytest.mark.parametrize(
    ("roles", "limits", "rate"),
    [
        ({Role.REP}, {}, None),
        ({Role.REP}, {Role.REP: Decimal("0.02")}, Decimal("0.02")),
        (
            {Role.REP, Role.MANAGER},
            {Role.REP: Decimal("0.02"), Role.MANAGER: Decimal("0.05")},
            Decimal("0.05"),
        ),
        ({Role.REP, Role.MANAGER}, {Role.REP: Decimal("0.02")}, None),
        ({Role.REP, Role.FINANCE}, {Role.REP: Decimal("0.02")}, Decimal("0.02")),
        ({Role.FINANCE}, {}, Decimal(0)),
    ],
)
def test_authority_is_the_largest_of_the_roles_that_make_offers(
    roles: set[Role], limits: dict[Role, Decimal], rate: Decimal | None
) -> None:
    assert allowed_rate(roles, limits) == rate


def test_discount_at_the_limit_is_allowed_and_a_fen_more_is_not() -> None:
    limits = {Role.REP: Decimal("0.02"), Role.ASSISTANT: Decimal("0.02")}

    check_authority(LIST, 980_000_00, roles={Role.REP}, limits=limits, labels=ROLE_LABELS)
    with pytest.raises(DiscountNotAllowed) as refused:
        check_authority(LIST, 979_999_99, roles={Role.REP}, limits=limits, labels=ROLE_LABELS)

    assert (refused.value.code, "Sales manager." in str(refused.value.message)) == (
        "discount_not_allowed",
        True,
    )
