"""A building to be made by rule, as it is typed: facts of the house, rows of lines, rows of exceptions."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, StringField

from salesoffice.core.errors import FieldProblem
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import AreaEdition, NumberingShape, Product, SkippedFloors
from salesoffice.inventory.rules import BuildingSpec, ExceptionRule, LineRule, UnitFacts
from salesoffice.webkit.fields import AreaField, CountField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

MOST_ROWS = 30
ROWS_MORE = 3
_LONGEST_TEXT = 400
_HIGHEST_STOREY = Decimal(20)
_FACTS = (
    "unit_type", "orientation", "view", "light", "gross_area", "inner_area", "shared_area", "product", "usage",
    "storey_height",
)  # fmt: skip


class HeightField(AreaField):
    """A storey height in metres with at most two decimals."""

    unit = _l("metres")

    def parse(self, typed: str) -> Decimal:
        """Return the height."""
        height = super().parse(typed)
        if height > _HIGHEST_STOREY:
            raise ValueError(str(_l("Enter the height of one storey in metres, for example 2.95.")))
        return height


class FactsForm(BaseForm):
    """What units are like; an empty row is left out."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    unit_type = StringField(_l("Unit type"), [at_most(60)])
    orientation = StringField(_l("Orientation"), [at_most(20)])
    view = StringField(_l("View"), [at_most(40)])
    light = StringField(_l("Light"), [at_most(40)])
    gross_area = AreaField(_l("Gross area"), [optional()])
    inner_area = AreaField(_l("Inner area"), [optional()])
    shared_area = AreaField(_l("Shared area"), [optional()])
    product = EnumField(_l("Counts as"), [optional()], enum=Product, blank="–")
    usage = StringField(_l("Usage"), [at_most(40)])
    storey_height = HeightField(_l("Storey height"), [optional()])

    def build_facts(self) -> UnitFacts:
        """Return what was entered; an empty entry leaves it open."""
        return UnitFacts(**{name: self[name].data or None for name in _FACTS})


class LineForm(FactsForm):
    """Lines that are alike."""

    lines = StringField(_l("Lines"), [at_most(_LONGEST_TEXT)])
    section = StringField(_l("Section"), [at_most(60)])
    floors = StringField(_l("Floors"), [at_most(_LONGEST_TEXT)])


class ExceptionForm(LineForm):
    """What is different on some floors."""

    is_left_out = BooleanField(_l("No units there"))


class GenerationForm(BaseForm):
    """A building to be made. `shown` is the seal of the preview that is confirmed; `do` is the button pressed."""

    building = StringField(
        _l("Name of the building"), [required(), at_most(60)], description=_l("For example 6栋.")
    )
    sections = StringField(
        _l("Sections"),
        [at_most(_LONGEST_TEXT)],
        description=_l("For example 1单元, 2单元; empty if there are none."),
    )
    first_floor = CountField(
        _l("Lowest floor above the ground"), [required()], minimum=1, maximum=200, default=1
    )
    last_floor = CountField(_l("Top floor"), [required()], minimum=1, maximum=200)
    basements = CountField(_l("Basements"), [optional()], minimum=0, maximum=10, default=0)
    has_semi_basement = BooleanField(_l("With a semi-basement (半地下)"))
    skipped = StringField(
        _l("Floor numbers that are not shown"),
        [at_most(_LONGEST_TEXT)],
        description=_l("For example 4, 13, 14, 24; or with a label of your own: 4=3A, 14=15A."),
    )
    skipped_way = EnumField(
        _l("How these floors are shown"), enum=SkippedFloors, default=SkippedFloors.RELABEL
    )
    shape = EnumField(_l("Numbers of the rooms"), enum=NumberingShape, default=NumberingShape.FLOOR_LINE)
    area_edition = EnumField(_l("Areas come from"), enum=AreaEdition, default=AreaEdition.PRESALE)
    lines = FieldList(FormField(LineForm), min_entries=4, max_entries=MOST_ROWS)
    exceptions = FieldList(FormField(ExceptionForm), min_entries=2, max_entries=MOST_ROWS)
    shown = HiddenField(validators=[at_most(64)])

    def add_rows(self) -> None:
        """Offer more empty rows in both tables."""
        for rows in (self.lines, self.exceptions):
            for _number in range(min(ROWS_MORE, MOST_ROWS - len(rows))):
                rows.append_entry()

    def build_spec(self) -> BuildingSpec:
        """Return what was entered, after `validate`; empty rows are left out."""
        return BuildingSpec(
            building=self.building.data or "",
            first_floor=self.first_floor.data or 0,
            last_floor=self.last_floor.data or 0,
            sections=self.sections.data or "",
            basements=self.basements.data or 0,
            has_semi_basement=bool(self.has_semi_basement.data),
            skipped=self.skipped.data or "",
            skipped_way=self.skipped_way.data or SkippedFloors.RELABEL,
            shape=self.shape.data or NumberingShape.FLOOR_LINE,
            area_edition=self.area_edition.data or AreaEdition.PRESALE,
            lines=tuple(_build_line(row.form) for row in self.lines if is_filled(row.form)),
            exceptions=tuple(_build_exception(row.form) for row in self.exceptions if is_filled(row.form)),
        )

    def find_field(self, problem: FieldProblem) -> Any | None:
        """Return the field that a problem of the spec names; rows are counted without the empty ones."""
        name, _dash, rest = problem.field.partition("-")
        if not rest:
            return self._fields.get(name)
        number, _dash, column = rest.partition("-")
        rows = [row.form for row in self[name]]
        filled = [row for row in rows if is_filled(row)] or rows
        return filled[min(int(number), len(filled) - 1)][column]

    @property
    def has_row_errors(self) -> bool:
        """Tell whether a field of a row has an error."""
        return any(
            field.errors for rows in (self.lines, self.exceptions) for row in rows for field in row.form
        )


def is_filled(row: Form) -> bool:
    """Tell whether anything was entered in a row."""
    return any(field.data or (field.raw_data and str(field.raw_data[0]).strip()) for field in row)


def _build_line(row: Any) -> LineRule:
    return LineRule(row.lines.data or "", row.section.data or "", row.floors.data or "", row.build_facts())


def _build_exception(row: Any) -> ExceptionRule:
    return ExceptionRule(
        row.floors.data or "",
        row.lines.data or "",
        row.section.data or "",
        bool(row.is_left_out.data),
        row.build_facts(),
    )
