"""Shapes of what is entered about units, permits, phases and unit types."""

from salesoffice.inventory.forms.approvers import approver_field
from salesoffice.inventory.forms.areas import AreasForm, SurveyForm
from salesoffice.inventory.forms.bulk import BulkForm
from salesoffice.inventory.forms.generation import GenerationForm
from salesoffice.inventory.forms.overlays import LiftForm, OverlayForm
from salesoffice.inventory.forms.permits import PermitForm, PermitUnitsForm, PublishForm
from salesoffice.inventory.forms.units import (
    CheckboxesField,
    ChosenUnitsForm,
    PhaseForm,
    PlaceForm,
    PlainForm,
    SectionForm,
    UnitForm,
    UnitTypeForm,
    WithholdForm,
)

__all__ = [
    "AreasForm",
    "BulkForm",
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
    "SectionForm",
    "SurveyForm",
    "UnitForm",
    "UnitTypeForm",
    "WithholdForm",
    "approver_field",
]
