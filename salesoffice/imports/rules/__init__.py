"""The pure reading side of an import: bytes → Table → Profile → ParsedFile. No database, no clock."""

from salesoffice.imports.rules.codes import column_of
from salesoffice.imports.rules.labels import Label, parse_floor, parse_label
from salesoffice.imports.rules.profiles import Profile, guess_profile, list_profile_names, suggest_columns
from salesoffice.imports.rules.results import ImportRow, ParsedFile, RowError, RowWarning
from salesoffice.imports.rules.rows import parse_rows
from salesoffice.imports.rules.tables import Table, TableRow, read_table
from salesoffice.inventory.rules import UnitKey, assign_unit_codes, build_unit_code

__all__ = [
    "ImportRow",
    "Label",
    "ParsedFile",
    "Profile",
    "RowError",
    "RowWarning",
    "Table",
    "TableRow",
    "UnitKey",
    "assign_unit_codes",
    "build_unit_code",
    "column_of",
    "guess_profile",
    "list_profile_names",
    "parse_floor",
    "parse_label",
    "parse_rows",
    "read_table",
    "suggest_columns",
]
