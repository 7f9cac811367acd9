"""Forms of the board: what to look for, and why a unit is kept back."""

from collections.abc import Mapping, Sequence

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from salesoffice.board.enums import CellLook
from salesoffice.board.rules import SHOWS, BoardFilter, Place
from salesoffice.core.text import natural_key
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import approver_field
from salesoffice.webkit.fields import AreaField, DateField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

SHOW_LABELS = {
    "area": _l("Area"),
    "type": _l("Unit type"),
    "price": _l("Total price"),
    "unit_price": _l("Price per m²"),
    "orientation": _l("Orientation"),
}


class BoardFilterForm(BaseForm):
    """What to show of the board; sent by GET, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    show = SelectField(_l("Second line"), default="area")
    building = SelectField(_l("Building"), [optional()], default="")
    type = SelectField(_l("Unit type"), [optional()], default="")
    batch = SelectField(_l("Release batch"), [optional()], default="")
    state = EnumField(_l("State"), [optional()], enum=CellLook, blank=_l("All"))
    orientation = SelectField(_l("Orientation"), [optional()], default="")
    min_area = AreaField(_l("Area from"), [optional()])
    max_area = AreaField(_l("Area to"), [optional()])
    min_price = YuanField(_l("Total price from"), [optional()])
    max_price = YuanField(_l("Total price to"), [optional()])
    q = StringField(_l("Room number"), [optional(), at_most(40)])

    def offer(
        self,
        houses: Sequence[Place],
        types: Mapping[int, str],
        batches: Mapping[int, str],
        orientations: Sequence[str],
    ) -> None:
        """Fill the lists with what the project has."""
        self.show.choices = [SelectChoice(key, SHOW_LABELS[key]) for key in SHOWS if key in SHOW_LABELS]
        everything = [SelectChoice("", _("All"))]
        self.building.choices = everything + [
            SelectChoice(str(house.id), house.name or _("Building not known"))
            for house in sorted(houses, key=lambda house: natural_key(house.name))
        ]
        self.type.choices = everything + [
            SelectChoice(str(key), name)
            for key, name in sorted(types.items(), key=lambda item: natural_key(item[1]))
        ]
        self.batch.choices = everything + [SelectChoice(str(key), name) for key, name in batches.items()]
        self.orientation.choices = everything + [SelectChoice(name, name) for name in orientations]

    @property
    def is_asking(self) -> bool:
        """Tell whether anything is asked for beside the building and the second line."""
        return any(
            field.raw_data and field.raw_data[0]
            for name, field in self._fields.items()
            if name not in {"show", "building"}
        )

    def read_filter(self) -> BoardFilter:
        """Return what was asked for; a field with an error asks for nothing."""
        good = {name: field.data for name, field in self._fields.items() if not field.errors}
        return BoardFilter(
            type_id=int(good["type"]) if good.get("type") else None,
            state=str(good["state"]) if good.get("state") else "",
            orientation=good.get("orientation") or "",
            min_area=_hundredths(good.get("min_area")),
            max_area=_hundredths(good.get("max_area")),
            min_total=good.get("min_price"),
            max_total=good.get("max_price"),
            text=(good.get("q") or "").lower(),
            batch_id=int(good["batch"]) if good.get("batch") else None,
        )

    def read_building(self) -> int | None:
        """Return the chosen building's id."""
        return int(self.building.data) if self.building.data and not self.building.errors else None

    def read_show(self) -> str:
        """Return what the second line shows."""
        return self.show.data if self.show.data in SHOW_LABELS else "area"


class WithholdForm(BaseForm):
    """Keeping a unit back: why, and until when."""

    reason = TextAreaField(
        _l("Reason"),
        [required(), at_most(200)],
        description=_l("Everybody who sees the board can read this."),
    )
    until = DateField(
        _l("Kept back until"), [optional()], description=_l("Leave empty when no end is known yet.")
    )
    approved_by_id = approver_field()


def _hundredths(area: object) -> int | None:
    return None if area is None else int(str(area).replace(".", ""))
