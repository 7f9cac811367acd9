"""Forms of price plans."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.money import format_yuan, parse_yuan
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.priceplans.rules import FreeFactor
from salesoffice.priceplans.services import CellName, PlanDetails
from salesoffice.pricing.enums import PriceBasis
from salesoffice.projects.forms import PercentField
from salesoffice.webkit.fields import CountField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

LARGEST_REVISION = 2**31 - 1
LONGEST_SHOWN = 400_000
LOWEST_FLOOR, HIGHEST_FLOOR = -20, 300
_COEFFICIENT = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*(%)?")
_LONGEST_SHOWN_TEXT = 100
_BAND = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,4})?")
MOST_BANDS = 12
_WAN = 10_000_00
STEPS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
"""To what a price can be rounded, in fen: from a fen to ten thousand yuan."""


def read_step(text: str) -> int:
    """Read a rounding step; ValueError for one that is not offered."""
    if int(text) not in STEPS:
        raise ValueError(text)
    return int(text)


class TermsForm(BaseForm):
    """What a plan aims at and how it counts."""

    revision = CountField(_l("Revision"), [optional()], minimum=1, maximum=LARGEST_REVISION)
    target_price = YuanField(
        _l("Target net average per m²"),
        [optional()],
        description=_l("After discounts. Leave empty to let the base price stand as it is."),
    )
    blended_discount = PercentField(
        _l("Blended discount"),
        [required()],
        description=_l("What is paid of the list price on average, for example 97."),
    )
    base_price = YuanField(
        _l("Base price per m²"),
        [optional()],
        description=_l("With a target the base is found by itself."),
    )
    method = EnumField(_l("Method"), [required()], enum=PlanMethod)
    basis = EnumField(_l("Counted by"), [required()], enum=PriceBasis)
    base_floor = CountField(
        _l("Base floor"),
        [required()],
        minimum=LOWEST_FLOOR,
        maximum=HIGHEST_FLOOR,
        description=_l("The floor that floor steps count from, usually the middle."),
    )
    rounding_target = EnumField(_l("What is rounded"), [required()], enum=RoundingTarget)
    rounding_mode = EnumField(_l("Rounding"), [required()], enum=RoundingMode)
    rounding_step = SelectField(_l("Rounded to"), coerce=read_step)
    min_price = YuanField(_l("Lowest unit price"), [optional()])
    max_price = YuanField(_l("Highest unit price"), [optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounding_step.choices = [
            SelectChoice(step, _("%(amount)s yuan", amount=format_yuan(step).removesuffix(".00")))
            for step in STEPS
        ]

    def build_details(self) -> PlanDetails:
        """Return what was typed."""
        return PlanDetails(**{name: self[name].data for name in PlanDetails.__dataclass_fields__})


class PlanForm(TermsForm):
    """A new plan: its name, what it covers, what it aims at."""

    nonce = nonce_field()
    name = StringField(_l("Name of the plan"), [required(), at_most(60)])
    batch_id = SelectField(
        _l("Release batch"), coerce=int, description=_l("None chosen: the buildings below.")
    )
    buildings = CheckboxesField(
        _l("Buildings"), coerce=int, description=_l("None chosen: the whole project.")
    )


class CopyForm(BaseForm):
    """The name of a copy."""

    nonce = nonce_field()
    name = StringField(_l("Name of the plan"), [required(), at_most(60)])


class RevisionForm(BaseForm):
    """Which revision of the plan the person saw."""

    revision = CountField(_l("Revision"), [required()], minimum=1, maximum=LARGEST_REVISION)


class AdjustForm(RevisionForm):
    """An adjustment of one unit by hand; without an amount it is taken away."""

    difference = YuanField(
        _l("Adjustment per m²"),
        [optional()],
        allow_negative=True,
        description=_l("In yuan, with a minus to lower. Empty: no adjustment."),
    )
    reason = StringField(_l("Reason"), [at_most(200)])


class VersionForm(RevisionForm):
    """Making a version of what was shown: `shown` stands for every price on the page."""

    nonce = nonce_field()
    shown = HiddenField(_l("Shown prices"), [required(), at_most(LONGEST_SHOWN)])
    note = TextAreaField(_l("Note for the approver"), [at_most(500)])


class SolverForm(RevisionForm):
    """The total to reach; the factors come as boxes and bounds named after their figures."""

    total = YuanField(_l("Total of the list prices to reach"), [required()])
    accept = BooleanField(_l("Take this over"))


class CompareForm(BaseForm):
    """Which plans and versions to put side by side, in which bands of total prices."""

    class Meta(BaseForm.Meta):
        """Nothing is changed, so nothing is to be protected."""

        csrf = False

    plans = CheckboxesField(_l("Plans"), coerce=int)
    versions = CheckboxesField(_l("Price versions"), coerce=int)
    bands = StringField(
        _l("Price bands"),
        [at_most(200)],
        description=_l("Limits of the bands of total prices in 10,000 yuan, for example 200, 250, 300."),
    )

    def read_bands(self) -> list[int] | None:
        """Return the limits of the bands in fen; None when none were typed. A problem becomes the field's error."""
        text = unicodedata.normalize("NFKC", self.bands.data or "")
        words = [word for word in re.split(r"[\s,;、]+", text) if word]
        if not all(_BAND.fullmatch(word) for word in words) or len(words) > MOST_BANDS:
            message = _(
                "Write up to %(count)s numbers with commas between them, for example 200, 250, 300.",
                count=MOST_BANDS,
            )
            self.bands.errors = [*self.bands.errors, message]
            return None
        return sorted({int(Decimal(word) * _WAN) for word in words}) or None


def read_bounds(typed: Iterable[tuple[str, str, str]]) -> list[FreeFactor]:
    """Read the bounds of the freed factors: name of the figure, lower and upper bound as texts.

    Refused with InvalidInput, naming each wrong one.
    """
    free: list[FreeFactor] = []
    problems = []
    for name, lower, upper in typed:
        cell = CellName.parse(name)
        try:
            low, high = (_read_figure(text, is_coefficient=cell.is_coefficient) for text in (lower, upper))
        except (DomainError, ValueError):
            low = high = None
        if low is None or high is None:
            message = _l(
                "%(table)s “%(row)s” needs two bounds that are numbers.", table=cell.kind.label, row=cell.key
            )
            problems.append(FieldProblem(name, message))
            continue
        scale = -6 if cell.is_coefficient else 0
        bounds = Decimal(low).scaleb(scale), Decimal(high).scaleb(scale)
        free.append(FreeFactor(cell.kind, cell.building_id, cell.key, *bounds))
    if problems:
        raise InvalidInput(_l("Some bounds are not right:"), problems, code="bounds_invalid")
    return free


def read_cells(typed: Mapping[str, str], houses: Mapping[str, str]) -> dict[CellName, int | None]:
    """Read figures of factor tables by their names as texts: coefficients (1.05, 105 %), differences in yuan.

    `houses` are the names of buildings by id as text. Refused with InvalidInput: each wrong figure with its table, row
    and column, under the name it was sent.
    """
    cells: dict[CellName, int | None] = {}
    problems = []
    for name, text in typed.items():
        try:
            cell = CellName.parse(name)
        except ValueError:
            problems.append(FieldProblem(name, _l("This figure belongs to no table.")))
            continue
        try:
            cells[cell] = _read_figure(text, is_coefficient=cell.is_coefficient)
        except (DomainError, ValueError):
            problems.append(FieldProblem(name, _describe(cell, text, houses)))
    if problems:
        raise InvalidInput(
            _l("Nothing was changed. Please correct these figures:"), problems, code="figures_invalid"
        )
    return cells


def _describe(cell: CellName, text: str, houses: Mapping[str, str]) -> LazyString:
    column = _l("Coefficient") if cell.is_coefficient else _l("Difference")
    row = houses.get(cell.key, cell.key) if cell.kind is FactorKind.BUILDING else cell.key
    return _l(
        "%(table)s “%(row)s”, %(column)s: “%(text)s” is not a number that fits.",
        table=cell.kind.label,
        row=row,
        column=column,
        text=text[:_LONGEST_SHOWN_TEXT],
    )


def _read_figure(value: str, *, is_coefficient: bool) -> int | None:
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        return None
    if not is_coefficient:
        return parse_yuan(text.removeprefix("+"), allow_negative=True)
    found = _COEFFICIENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    scaled = Decimal(found[1]).scaleb(4 if found[2] else 6)
    if scaled != scaled.to_integral_value():
        raise ValueError(text)
    return int(scaled)
