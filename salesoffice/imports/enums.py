"""Words of an import: kinds of file, columns of a table, what a status means, what a label leaves open."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class ImportKind(LabelledEnum):
    """What a file brings."""

    UNITS = "units", _l("Units and prices")
    AREAS = "areas", _l("Areas of the final survey")
    CUSTOMERS = "customers", _l("Customers and visits")


class FileKind(StrEnum):
    """How the table was stored."""

    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    JSON = "json"


class StatusMeaning(LabelledEnum):
    """What the file's own word for the state of a unit comes down to."""

    ON_SALE = "on_sale", _l("On sale")
    SOLD = "sold", _l("Sold")
    UNKNOWN = "unknown", _l("Not known")


class ColumnField(LabelledEnum):
    """What a column of the file is read as."""

    LABEL = "label", _l("Full room label")
    BUILDING = "building", _l("Building")
    SECTION = "section", _l("Section")
    FLOOR = "floor", _l("Floor")
    ROOM = "room", _l("Room number")
    POSITION = "position", _l("Position on the floor")
    GROSS_AREA = "gross_area", _l("Gross area")
    INNER_AREA = "inner_area", _l("Inner area")
    SHARED_AREA = "shared_area", _l("Shared area")
    GROSS_UNIT_PRICE = "gross_unit_price", _l("Unit price by gross area")
    INNER_UNIT_PRICE = "inner_unit_price", _l("Unit price by inner area")
    TOTAL = "total", _l("Total price")
    STATUS = "status", _l("Sale status")
    USAGE = "usage", _l("Usage")
    UNIT_TYPE = "unit_type", _l("Unit type")
    ORIENTATION = "orientation", _l("Orientation")
    HANDOVER_ON = "handover_on", _l("Handover day")
    CATEGORY = "category", _l("Category of building")
    REMARK = "remark", _l("Remark")
    SECOND_STATUS = "second_status", _l("Second sale status")
    CONTRACT_NO = "contract_no", _l("Contract number")
    FINAL_GROSS_AREA = "final_gross_area", _l("Gross area of the final survey")
    FINAL_INNER_AREA = "final_inner_area", _l("Inner area of the final survey")
    FINAL_SHARED_AREA = "final_shared_area", _l("Shared area of the final survey")
    SURVEYOR = "surveyor", _l("Surveyor")
    SURVEYED_ON = "surveyed_on", _l("Day of the survey")
    VISITED_ON = "visited_on", _l("Day of the visit")
    CUSTOMER_NAME = "customer_name", _l("Name of the customer")
    MOBILE = "mobile", _l("Mobile phone")
    LANDLINE = "landline", _l("Landline")
    SOURCE = "source", _l("How they came to know of us")
    REP = "rep", _l("Sales rep")
    WANTED_AREA = "wanted_area", _l("Wanted area")
    WANTED_TYPE = "wanted_type", _l("Wanted unit type")
    BUDGET = "budget", _l("Budget")
    PURPOSE = "purpose", _l("Purpose of buying")
    CONCERNS = "concerns", _l("What they ask about")
    AGE = "age", _l("Age")
    OCCUPATION = "occupation", _l("Occupation")
    RESIDENCE = "residence", _l("Where they live")


_PLACE = (ColumnField.LABEL, ColumnField.BUILDING, ColumnField.SECTION, ColumnField.FLOOR, ColumnField.ROOM)
_FINAL_AREAS = (
    ColumnField.FINAL_GROSS_AREA, ColumnField.FINAL_INNER_AREA, ColumnField.FINAL_SHARED_AREA,
    ColumnField.SURVEYOR, ColumnField.SURVEYED_ON,
)  # fmt: skip
_PEOPLE = (
    ColumnField.VISITED_ON, ColumnField.CUSTOMER_NAME, ColumnField.MOBILE, ColumnField.LANDLINE, ColumnField.SOURCE,
    ColumnField.REP, ColumnField.WANTED_AREA, ColumnField.WANTED_TYPE, ColumnField.BUDGET, ColumnField.PURPOSE,
    ColumnField.CONCERNS, ColumnField.AGE, ColumnField.OCCUPATION, ColumnField.RESIDENCE,
)  # fmt: skip

KIND_FIELDS: Mapping[ImportKind, tuple[ColumnField, ...]] = MappingProxyType(
    {
        ImportKind.UNITS: tuple(field for field in ColumnField if field not in _PEOPLE),
        ImportKind.AREAS: (*_PLACE, *_FINAL_AREAS),
        ImportKind.CUSTOMERS: (*_PEOPLE, ColumnField.REMARK),
    }
)
"""What the columns of each kind of file can be read as."""


class Doubt(LabelledEnum):
    """What a room label does not settle, as a question to the person who imports."""

    BUILDING = "building", _l("The label names no building. Which building is it in?")
    FLOOR = "floor", _l("The label does not settle the floor. Which floor is it on?")
    ROOM = "room", _l("The room number is not written in a usual way. Is it read correctly?")
    PREFIX = "prefix", _l("The label begins with words that were not understood. Do they name a phase?")


class RowOutcome(LabelledEnum):
    """What an import does with a row of the file."""

    CREATED = "created", _l("New")
    UPDATED = "updated", _l("Changed")
    UNCHANGED = "unchanged", _l("Unchanged")
    REJECTED = "rejected", _l("Cannot be imported")


class PlanField(LabelledEnum):
    """What an import may change of a unit that exists."""

    BUILDING = "building", _l("Building")
    SECTION = "section", _l("Section")
    FLOOR = "floor", _l("Floor")
    GROSS_AREA = "gross_area", _l("Gross area")
    INNER_AREA = "inner_area", _l("Inner area")
    SHARED_AREA = "shared_area", _l("Shared area")
    USAGE = "usage", _l("Usage")
    UNIT_TYPE = "unit_type", _l("Unit type")
    ORIENTATION = "orientation", _l("Orientation")
    SOURCE_STATUS = "source_status", _l("Sale status")
    RELEASE_STATE = "release_state", _l("Release state")
    BASIS = "basis", _l("Price basis")
    GROSS_PRICE = "gross_price", _l("Unit price by gross area")
    INNER_PRICE = "inner_price", _l("Unit price by inner area")
    TOTAL = "total", _l("Total price")
    FINAL_GROSS = "final_gross", _l("Gross area of the final survey")
    FINAL_INNER = "final_inner", _l("Inner area of the final survey")
    FINAL_SHARED = "final_shared", _l("Shared area of the final survey")


PLACE_FIELDS = frozenset({PlanField.BUILDING, PlanField.SECTION, PlanField.FLOOR})
FINAL_FIELDS = frozenset({PlanField.FINAL_GROSS, PlanField.FINAL_INNER, PlanField.FINAL_SHARED})
AREA_FIELDS = frozenset({PlanField.GROSS_AREA, PlanField.INNER_AREA, PlanField.SHARED_AREA})
PRICE_FIELDS = frozenset({PlanField.BASIS, PlanField.GROSS_PRICE, PlanField.INNER_PRICE, PlanField.TOTAL})
