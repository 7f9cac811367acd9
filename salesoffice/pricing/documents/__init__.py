"""Price sheets: what stands on them, as PDF, as a workbook, as CSV."""

from salesoffice.pricing.documents.grids import Grid, build_grids
from salesoffice.pricing.documents.kinds import Source, build_table
from salesoffice.pricing.documents.sheets import MEDIA_TYPES, SheetOrder, build_sheet, file_name
from salesoffice.pricing.documents.tables import Cell, Table

__all__ = [
    "MEDIA_TYPES",
    "Cell",
    "Grid",
    "SheetOrder",
    "Source",
    "Table",
    "build_grids",
    "build_sheet",
    "build_table",
    "file_name",
]
