"""Words of an import: kinds of file, columns of a table, what a status means, what a label leaves open."""

from enum import StrEnum

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


PLACE_FIELDS = frozenset({PlanField.BUILDING, PlanField.SECTION, PlanField.FLOOR})
AREA_FIELDS = frozenset({PlanField.GROSS_AREA, PlanField.INNER_AREA, PlanField.SHARED_AREA})
PRICE_FIELDS = frozenset({PlanField.BASIS, PlanField.GROSS_PRICE, PlanField.INNER_PRICE, PlanField.TOTAL})
