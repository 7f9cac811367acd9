"""The filing sheet as the authority publishes it: a CSV with these columns, whatever language its reader speaks."""

import csv
from decimal import Decimal
from io import StringIO

from salesoffice.core.text import neutralise_cell
from salesoffice.pricing.documents.tables import Cell, Table

HEADER = (
    "房号", "建筑面积", "建筑面积单价", "套内面积", "套内面积单价", "总售价", "销售状况", "备注",
)  # fmt: skip
BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet takes the file for GBK."""


def write_csv(table: Table) -> bytes:
    """Write the rows of a filing sheet: areas in m², money in yuan, both with two decimals and without separators."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for group in table.groups:
        writer.writerows([_show(cell) for cell in cells] for cells in group.rows)
    return f"{BYTE_ORDER_MARK}{text.getvalue()}".encode()


def _show(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralise_cell(cell)
    return f"{cell if isinstance(cell, Decimal) else Decimal(cell).scaleb(-2):.2f}"
