"""The reasons for doubt in a file, counted: what each means and what to do about it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

_SHOWN_LINES = 10


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason for doubt: how often it came up, in which lines first, and whether those rows are rejected."""

    code: str
    count: int
    is_rejected: bool
    lines: tuple[int, ...]


DOUBT_TEXTS: Mapping[str, tuple[LazyString, LazyString]] = MappingProxyType(
    {
        "inner_basis": (
            _l("The total fits only the inner area"),
            _l("Imported as priced by inner area. Nothing to do if the office prices these units so."),
        ),
        "room_repeated": (
            _l("Room number repeated on another floor"),
            _l("Imported as different units. Check that no floor was mistyped."),
        ),
        "price_withheld": (
            _l("Price kept back"),
            _l("Imported without a price; such a unit cannot be sold until a price version covers it."),
        ),
        "price_missing": (
            _l("Price missing"),
            _l("Imported without a price. Add the prices by another file or a price plan."),
        ),
        "area_missing": (
            _l("Area missing"),
            _l(
                "Units are imported without an area, survey rows are rejected. Complete the file or the units."
            ),
        ),
        "area_mismatch": (
            _l("Areas do not add up"),
            _l("Imported as stated. Compare with the survey."),
        ),
        "area_differs": (
            _l("The survey differs much from the area sold by"),
            _l("Look at these units before the second check: the settlement of areas follows from them."),
        ),
        "total_mismatch": (
            _l("Total does not fit the unit price"),
            _l("The total counts, it is imported as stated. Compare with the source."),
        ),
        "columns_shifted": (
            _l("Cells stand beside their columns"),
            _l("Rejected. Put the cells of these rows into their columns and read the file again."),
        ),
        "row_incomplete": (
            _l("Row with too few cells"),
            _l("Rejected. Complete these rows; perhaps the file is cut off."),
        ),
        "row_too_long": (
            _l("Row with too many cells"),
            _l("Rejected. Look for commas inside figures or texts."),
        ),
        "placeholder_row": (
            _l("Totals, examples and rows of zeros"),
            _l("Rejected: they are no units. Leave them out when you import."),
        ),
        "file_repeated": (
            _l("The same content was imported before"),
            _l(
                "Check that you chose the right file. Importing it again changes only what was changed since."
            ),
        ),
        "sheet_not_read": (
            _l("Sheets that were not read"),
            _l(
                "Only one sheet of a workbook is read. Save the others as files of their own if they are needed."
            ),
        ),
        "status_contradicts": (
            _l("Statuses that contradict each other"),
            _l("Taken as sold, so that nothing is sold twice. Find out which one is true."),
        ),
        "status_unknown": (
            _l("Status not understood"),
            _l("The units are not put on sale. Release those that are free."),
        ),
        "label_partial": (
            _l("Room label understood only in part"),
            _l("Imported as far as certain. Put the units into their places under “Units to be placed”."),
        ),
        "floor_differs": (
            _l("Room number and floor differ"),
            _l("The floor of the file counts. Check these units."),
        ),
        "rounded": (
            _l("More than two decimals"),
            _l("Rounded half up. Check whether the file was computed rightly."),
        ),
        "day_unknown": (
            _l("Day not understood"),
            _l("Left out. Write days like 2026-11-23."),
        ),
        "duplicate_row": (
            _l("The same unit twice"),
            _l("The second row is rejected. Delete one of the two."),
        ),
        "room_missing": (
            _l("No readable room"),
            _l("Rejected. Write the room number, or delete the row."),
        ),
        "number_invalid": (
            _l("Figure that is no number"),
            _l("Rejected. Write digits with at most two decimals."),
        ),
        "negative": (_l("Figure below zero"), _l("Rejected. Areas and prices cannot be negative.")),
        "formula": (_l("Cell like a formula"), _l("Rejected. Write the plain text instead.")),
        "text_too_long": (_l("Text too long"), _l("Rejected. Shorten the text.")),
        "characters": (_l("Characters that cannot be seen"), _l("Rejected. Type the text anew.")),
        "unit_taken": (
            _l("Unit is held or sold"),
            _l("Rejected: its price and area stay as agreed. End the sale first, or leave the row out."),
        ),
        "unit_unknown": (
            _l("No such unit"),
            _l("Rejected. Check the building that was given, or import the units first."),
        ),
        "unit_ambiguous": (
            _l("Several units of this name"),
            _l("Rejected. Add a column with the section."),
        ),
        "name_missing": (_l("Customer without a name"), _l("Rejected. Write the name.")),
        "phone_missing": (
            _l("Customer without a phone"),
            _l("Rejected. Customers are told apart by their phones."),
        ),
        "phone_invalid": (_l("Phone that cannot be dialled"), _l("Rejected. Correct the phone.")),
        "rep_unknown": (
            _l("Sales rep not found"),
            _l("Rejected. Use the name of the person's account, or add the person to the project."),
        ),
        "rep_missing": (
            _l("No sales rep"),
            _l("Registered without one. Give these customers to somebody."),
        ),
        "day_missing": (
            _l("No day of a visit"),
            _l("The customer is registered, a visit is not."),
        ),
        "day_in_future": (_l("Visit in the future"), _l("Rejected. Correct the day.")),
        "customer_repeated": (
            _l("Customer twice in the file"),
            _l("Only the first row is registered. Add the other visit by hand."),
        ),
    }
)
"""Title and advice of each code of a warning or an error of a row."""


def count_doubts(warnings: Iterable[tuple[int, str]], errors: Iterable[tuple[int, str]]) -> tuple[Doubt, ...]:
    """Count warnings and errors, given as (line, code), by code, the most frequent first; rejections before the rest."""
    found = []
    for entries, is_rejected in ((errors, True), (warnings, False)):
        lines: dict[str, list[int]] = {}
        for line, code in entries:
            lines.setdefault(code, []).append(line)
        counts = Counter({code: len(same) for code, same in lines.items()})
        found += [
            Doubt(code, count, is_rejected, tuple(lines[code][:_SHOWN_LINES]))
            for code, count in counts.most_common()
        ]
    return tuple(found)


def describe_doubt(code: str) -> tuple[str, str]:
    """Title and advice of a code; the code itself for a refusal of a whole file."""
    title, advice = DOUBT_TEXTS.get(code, (code, ""))
    return str(title), str(advice)
