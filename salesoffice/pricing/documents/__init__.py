"""Price sheets: what stands on them, as PDF and as a workbook."""

from salesoffice.pricing.documents.grids import Grid, build_grids
from salesoffice.pricing.documents.sheets import SheetTooLong, build_sheet, file_name
from salesoffice.pricing.documents.tables import Cell, Table, build_table

__all__ = ["Cell", "Grid", "SheetTooLong", "Table", "build_grids", "build_sheet", "build_table", "file_name"]
