"""Shapes of what is entered about units, permits, phases and unit types."""

from salesoffice.inventory.forms.areas import AreasForm, SurveyForm
from salesoffice.inventory.forms.generation import GenerationForm
from salesoffice.inventory.forms.overlays import LiftForm, OverlayForm
from salesoffice.inventory.forms.permits import PermitForm, PermitUnitsForm, PublishForm
from salesoffice.inventory.forms.units import (
    CheckboxesField,
    ChosenUnitsForm,
    PhaseForm,
    PlaceForm,
    PlainForm,
    UnitForm,
    UnitTypeForm,
    WithholdForm,
)

__all__ = [
    "AreasForm",
    "CheckboxesField",
    "ChosenUnitsForm",
    "GenerationForm",
    "LiftForm",
    "OverlayForm",
    "PermitForm",
    "PermitUnitsForm",
    "PhaseForm",
    "PlaceForm",
    "PlainForm",
    "PublishForm",
    "SurveyForm",
    "UnitForm",
    "UnitTypeForm",
    "WithholdForm",
]
