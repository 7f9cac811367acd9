"""What is set for many units at once. An empty field stays as it is; a dash empties it."""

from wtforms import HiddenField, StringField

from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import Product
from salesoffice.inventory.forms.generation import HeightField
from salesoffice.webkit.fields import CountField, EnumField, at_most, optional
from salesoffice.webkit.forms import BaseForm

_EMPTY = frozenset({"-", "–", "—"})
_TEXTS = ("unit_type", "orientation", "view", "light", "usage", "floor")
_NEVER_EMPTY = frozenset({"floor"})


class BulkForm(BaseForm):
    """Fields to set; `shown` and `since` are the seal and the audit number of the preview that is confirmed."""

    set_unit_type = StringField(_l("Unit type"), [at_most(60)])
    set_orientation = StringField(_l("Orientation"), [at_most(20)])
    set_view = StringField(_l("View"), [at_most(40)])
    set_light = StringField(_l("Light"), [at_most(40)])
    set_usage = StringField(_l("Usage"), [at_most(40)])
    set_product = EnumField(_l("Counts as"), [optional()], enum=Product, blank=_l("(stays)"))
    set_storey_height = HeightField(_l("Storey height"), [optional()])
    set_floor = StringField(
        _l("Floor as people see it"),
        [at_most(20)],
        description=_l("Only for one whole floor, for example 3A."),
    )
    shown = HiddenField(validators=[at_most(64)])
    since = CountField(minimum=0, maximum=2**31 - 1)

    def build_values(self) -> dict[str, str | None]:
        """Return what is to be set, by name; None stays as it is."""
        values: dict[str, str | None] = {}
        for name in _TEXTS:
            typed = self[f"set_{name}"].data or None
            values[name] = "" if typed in _EMPTY and name not in _NEVER_EMPTY else typed
        product, height = self.set_product.data, self.set_storey_height.data
        values["product"] = None if product is None else product.value
        values["storey_height"] = None if height is None else f"{height:.2f}"
        return values
