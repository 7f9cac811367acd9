"""Which column of a file is what: named layouts, a general one, and the person's own mapping."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import KIND_FIELDS, ColumnField, ImportKind
from salesoffice.imports.rules.layouts import LAYOUTS, Layout
from salesoffice.imports.rules.refusals import UNPROCESSABLE

CUSTOM_PROFILE = "custom"
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")


@dataclass(frozen=True, slots=True)
class Profile:
    """The fields of the columns of one file, by position; None where a column is not read."""

    name: str
    columns: tuple[ColumnField | None, ...]
    requires_building: bool = False
    kind: ImportKind = ImportKind.UNITS

    def has(self, field: ColumnField) -> bool:
        """Whether a column is read as `field`."""
        return field in self.columns


def list_profile_names(kind: ImportKind | None = None) -> tuple[str, ...]:
    """Names of the known layouts, perhaps only of a kind of file, as `--profile` takes them."""
    return tuple(layout.name for layout in LAYOUTS if kind in {None, layout.kind})


def guess_profile(
    header: Sequence[str],
    *,
    mapping: Mapping[str, ColumnField] | None = None,
    name: str | None = None,
    kind: ImportKind | None = None,
) -> Profile:
    """The profile of a header: the person's `mapping` of columns, the layout `name`, or the best known layout.

    Without `kind` the header decides what the file brings; a mapping without one is of units. Refused:
    `columns_unknown` when no column is understood as a room (or a customer), `profile_unknown` for a name that does
    not exist, `columns_missing` when the named layout does not fit, `mapping_invalid` for a mapping that names a
    column that is not there, a field twice, or a field of another kind of file.
    """
    if mapping:
        return _build_mapped(header, mapping, kind or ImportKind.UNITS)
    layouts = [layout for layout in LAYOUTS if name in {None, layout.name} and kind in {None, layout.kind}]
    if not layouts:
        message = _l(
            "There is no import profile “%(name)s”. Choose one of: %(known)s.", name=name, known=_known(kind)
        )
        raise DomainError(message, code="profile_unknown", status=UNPROCESSABLE, name=name)
    fitting = _list_fitting(header, layouts)
    if fitting:
        return max(fitting, key=_count_columns)
    if name is not None:
        message = _l("The columns of the file do not fit the profile “%(name)s”.", name=name)
        raise DomainError(message, code="columns_missing", status=UNPROCESSABLE, name=name)
    message = _l(
        "No column of the file is understood as a room number. Check that the first row holds the column names, "
        "or say which column is what."
    )
    raise DomainError(message, code="columns_unknown", status=UNPROCESSABLE, header=tuple(header))


def is_known_header(header: Sequence[str]) -> bool:
    """Whether the words are a header of any known layout."""
    return bool(_list_fitting(header, LAYOUTS))


def suggest_columns(header: Sequence[str], kind: ImportKind) -> dict[str, ColumnField]:
    """What each column might be, by its word alone, for a file of which the room (or the customer) is not found."""
    found: dict[str, ColumnField] = {}
    for layout in LAYOUTS:
        for cell in header if layout.kind is kind else ():
            field = layout.words.get(_clean_header(cell))
            if field is not None and cell not in found and field not in found.values():
                found[cell] = field
    return found


def _known(kind: ImportKind | None) -> str:
    return ", ".join(list_profile_names(kind))


def _list_fitting(header: Sequence[str], layouts: Iterable[Layout]) -> list[Profile]:
    words = [(_clean_header(cell), _plain_header(cell)) for cell in header]
    return [profile for layout in layouts if (profile := _fit(layout, words))]


def _count_columns(profile: Profile) -> tuple[int, bool]:
    """More columns are better; where a survey and a table of units understand as many, the survey is meant."""
    return sum(field is not None for field in profile.columns), profile.kind is not ImportKind.UNITS


def _plain_header(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).lower().split()).strip("*:")


def _clean_header(cell: str) -> str:
    return _BRACKETS.sub("", _plain_header(cell)).strip("*:")


def _fit(layout: Layout, words: Sequence[tuple[str, str]]) -> Profile | None:
    seen: set[ColumnField] = set()
    columns: list[ColumnField | None] = []
    for word, whole in words:
        field = layout.words.get(whole) or layout.words.get(word)
        if field is ColumnField.STATUS and field in seen:
            field = ColumnField.SECOND_STATUS
        columns.append(None if field in seen else field)
        if field is not None:
            seen.add(field)
    if not layout.required <= seen:
        return None
    is_placed = seen & {ColumnField.LABEL, ColumnField.BUILDING, ColumnField.FLOOR}
    if layout.kind is not ImportKind.CUSTOMERS and not is_placed:
        columns = [ColumnField.LABEL if field is ColumnField.ROOM else field for field in columns]
    return Profile(layout.name, tuple(columns), layout.requires_building, layout.kind)


def _build_mapped(header: Sequence[str], mapping: Mapping[str, ColumnField], kind: ImportKind) -> Profile:
    fields = list(mapping.values())
    unknown = [column for column in mapping if column not in header]
    twice = len(set(fields)) != len(fields)
    is_foreign = not set(fields) <= set(KIND_FIELDS[kind])
    if unknown or twice or is_foreign or not _is_enough(set(fields), kind):
        message = _l(
            "The mapping of columns cannot be used: each column must be in the file, each field may be chosen once, "
            "and one column must be the room (of a customer: the name and a phone; of a survey: the room and its area)."
        )
        raise DomainError(message, code="mapping_invalid", status=UNPROCESSABLE, unknown=tuple(unknown))
    remaining = dict(mapping)
    return Profile(CUSTOM_PROFILE, tuple(remaining.pop(cell, None) for cell in header), kind=kind)


def _is_enough(fields: set[ColumnField], kind: ImportKind) -> bool:
    has_room = bool({ColumnField.LABEL, ColumnField.ROOM} & fields)
    if kind is ImportKind.CUSTOMERS:
        has_phone = bool({ColumnField.MOBILE, ColumnField.LANDLINE} & fields)
        return has_phone and ColumnField.CUSTOMER_NAME in fields
    return has_room and (kind is ImportKind.UNITS or ColumnField.FINAL_GROSS_AREA in fields)
