"""Enumerations that people see."""

import copy
from enum import StrEnum
from itertools import chain

import pytest

from salesoffice.contracts import enums as contracts
from salesoffice.core import certificates
from salesoffice.core.labels import LabelledEnum
from salesoffice.deals import enums as deals
from salesoffice.payments import enums as payments
from salesoffice.pricing import enums as pricing
from salesoffice.reservations import enums as reservations

MODULES = (certificates, contracts, deals, payments, pricing, reservations)
MEMBERS = [
    member
    for kind in chain.from_iterable(vars(module).values() for module in MODULES)
    if isinstance(kind, type) and issubclass(kind, LabelledEnum)
    for member in kind
]


@pytest.mark.parametrize("member", MEMBERS, ids=repr)
def test_member_is_stored_by_name_and_has_a_label(member: LabelledEnum) -> None:
    found = type(member)(member.name.lower())

    assert found is member
    assert isinstance(member, StrEnum)
    assert f"{member}" == member.value
    assert str(member.label)
    assert copy.deepcopy(member) is member


def test_choices_are_values_with_labels_in_order() -> None:
    choices = [(value, str(label)) for value, label in payments.PlanKind.choices()]

    assert choices == [("full", "In full"), ("mortgage", "Mortgage"), ("instalments", "Three instalments")]


def test_member_without_label_is_refused() -> None:
    with pytest.raises(TypeError, match="has no label"):
        LabelledEnum("Colour", {"RED": "red"})
