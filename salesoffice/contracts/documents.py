"""The errors of entries as a workbook."""

from decimal import Decimal

from salesoffice.contracts.queries import ErrorReport
from salesoffice.contracts.services.verifying import LABELS_OF_API
from salesoffice.infra.i18n import _
from salesoffice.infra.workbook import SheetBook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_WIDTHS = (10, 16, 12, 12, 12, 12, 12, 12, 40)


def write_errors(report: ErrorReport, project: str) -> bytes:
    """Write the workbook: a line per person and month, and the fields that were wrong."""
    book = SheetBook()
    period = _("%(first)s to %(last)s", first=report.first.isoformat(), last=report.last.isoformat())
    definition = _(
        "Every second entry compares six fields: six entered as first person, six as second. An error is a difference"
        " that somebody has decided. Rate = errors ÷ fields entered × 1,000. Open differences count as no error."
    )
    titles = [_("Errors of entries"), f"{project} · {period}", definition]
    sheet = book.add_sheet(_("Errors of entries"), titles)
    heads = (
        _("Month"), _("Person"), _("Fields entered first"), _("Fields entered second"), _("Errors as first"),
        _("Errors as second"), _("Errors per 1,000 fields"), _("Undecided"), _("Most frequent fields"),
    )  # fmt: skip
    top = len(titles) + 1
    for place, head in enumerate(heads):
        sheet.write_string(top, place, head, book.head)
        sheet.set_column(place, place, _WIDTHS[place])
    for number, row in enumerate(report.people, start=top + 1):
        counts = (row.fields_first, row.fields_second, row.errors_first, row.errors_second)
        book.write_cell(sheet, number, 0, row.month.strftime("%Y-%m"), book.formats["text"])
        book.write_cell(sheet, number, 1, row.name, book.formats["text"])
        for place, count in enumerate(counts, start=2):
            book.write_cell(sheet, number, place, Decimal(count), book.formats["count"])
        book.write_cell(sheet, number, 6, row.rate, book.formats["area"])
        book.write_cell(sheet, number, 7, Decimal(row.open), book.formats["count"])
        names = "、".join(str(LABELS_OF_API[name]) for name in row.frequent)
        book.write_cell(sheet, number, 8, names, book.formats["text"])
    _write_fields(book, report)
    return book.close()


def _write_fields(book: SheetBook, report: ErrorReport) -> None:
    sheet = book.add_sheet(_("Fields"), [_("Fields that were wrong")])
    for place, head in enumerate((_("Field"), _("Errors"), _("Undecided"))):
        sheet.write_string(2, place, head, book.head)
        sheet.set_column(place, place, 24)
    for number, row in enumerate(report.fields, start=3):
        book.write_cell(sheet, number, 0, str(LABELS_OF_API[row.field]), book.formats["text"])
        book.write_cell(sheet, number, 1, Decimal(row.errors), book.formats["count"])
        book.write_cell(sheet, number, 2, Decimal(row.open), book.formats["count"])
