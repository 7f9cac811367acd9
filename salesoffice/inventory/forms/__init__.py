"""Shapes of what is entered about units, permits, phases and unit types."""

from salesoffice.inventory.forms.units import (
    CheckboxesField,
    ChosenUnitsForm,
    PermitForm,
    PhaseForm,
    PlaceForm,
    PlainForm,
    UnitForm,
    UnitTypeForm,
    WithholdForm,
)

__all__ = [
    "CheckboxesField",
    "ChosenUnitsForm",
    "PermitForm",
    "PhaseForm",
    "PlaceForm",
    "PlainForm",
    "UnitForm",
    "UnitTypeForm",
    "WithholdForm",
]
