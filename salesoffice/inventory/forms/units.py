"""Shapes of what is entered about units, permits, phases and unit types."""

from typing import Any, Self

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.enums import Product
from salesoffice.inventory.forms.approvers import approver_field
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import UnitDetails
from salesoffice.webkit.fields import AreaField, CountField, DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm


class CheckboxesField(SelectMultipleField):
    """Several of a list, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlainForm(BaseForm):
    """A form without fields of its own; only its protection is checked."""


class ChosenUnitsForm(BaseForm):
    """Units ticked in a list, or all that the list's filter finds."""

    unit_ids = SelectMultipleField(coerce=int, validate_choice=False)
    is_all = BooleanField()


class WithholdForm(ChosenUnitsForm):
    """Why units are kept back, and perhaps until when."""

    reason = StringField(_l("Reason"), [required(), at_most(200)])
    until = DateField(_l("Until (may stay empty)"), [optional()])
    approved_by_id = approver_field()


class PlaceForm(ChosenUnitsForm):
    """Where the chosen units really are; what stays empty stays as it is."""

    building = StringField(_l("Building"), [at_most(40)], description=_l("For example 3栋."))
    section = StringField(_l("Section"), [at_most(40)], description=_l("For example 1单元 or A座."))
    floor_label = StringField(
        _l("Floor as people see it"), [at_most(20)], description=_l("For example 18, 3A or -1.")
    )
    floor_number = CountField(
        _l("Number of the floor"),
        [optional()],
        minimum=-10,
        maximum=150,
        description=_l("Counted from the ground: 1, 2, 3; -1 below ground; 0 for a semi-basement."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A floor has both, its label and its number."""
        is_valid: bool = super().validate(extra_validators)
        if is_valid and (self.floor_number.data is None) != (not self.floor_label.data):
            message = _("Enter both the floor as people see it and its number, or neither.")
            self.floor_number.errors = [message]
            return False
        return is_valid


class UnitForm(BaseForm):
    """The description of a unit."""

    unit_type = StringField(_l("Unit type"), [at_most(60)])
    usage = StringField(_l("Usage"), [at_most(40)])
    product = EnumField(_l("Counts as"), enum=Product)
    orientation = StringField(_l("Orientation"), [at_most(20)])
    gross_area = AreaField(_l("Gross area"), [optional()])
    inner_area = AreaField(_l("Inner area"), [optional()])
    shared_area = AreaField(_l("Shared area"), [optional()])

    @classmethod
    def of_unit(cls, unit: Unit) -> Self:
        """Return the form filled with what is known of a unit, or with what was sent."""
        return cls(
            unit_type=unit.unit_type.name if unit.unit_type else "",
            usage=unit.usage,
            product=unit.product,
            orientation=unit.orientation,
            gross_area=unit.gross_area,
            inner_area=unit.inner_area,
            shared_area=unit.shared_area,
        )

    def build_details(self) -> UnitDetails:
        """Return what was entered."""
        product = self.product.data
        return UnitDetails(
            unit_type=self.unit_type.data or "",
            usage=self.usage.data or "",
            product=Product.RESIDENTIAL if product is None else product,
            orientation=self.orientation.data or "",
            gross_area=self.gross_area.data,
            inner_area=self.inner_area.data,
            shared_area=self.shared_area.data,
        )


class PhaseForm(BaseForm):
    """A phase."""

    name = StringField(
        _l("Name of the phase"), [required(), at_most(60)], description=_l("For example 一期.")
    )


class SectionForm(BaseForm):
    """The plan of a section's usual floor."""

    file = FileField(_l("Floor plan (PNG or JPEG, 5 MB at most)"))


class UnitTypeForm(BaseForm):
    """The layout of a unit type in words and its picture."""

    layout = StringField(_l("Layout in words"), [at_most(60)], description=_l("For example 三房两厅两卫."))
    file = FileField(_l("Floor plan (PNG or JPEG, 5 MB at most)"))
