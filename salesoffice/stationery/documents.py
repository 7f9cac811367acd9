"""The register as a list to print: PDF and workbook."""

from collections.abc import Sequence

from salesoffice.core import clock
from salesoffice.infra import longpdf
from salesoffice.infra.i18n import _
from salesoffice.infra.workbook import SheetBook
from salesoffice.projects.models import Project
from salesoffice.stationery.enums import FormKind, FormState
from salesoffice.stationery.queries import Balance, FormLine


def draw_register(project: Project, balances: Sequence[Balance], lines: Sequence[FormLine]) -> bytes:
    """Draw the register: the balance of each kind, then every form."""
    frame = longpdf.Frame(
        title=f"{project.name} · {_('Register of numbered forms')}",
        notes=[_now()],
        foot=project.name,
        count_pages=lambda page, pages: _("Page %(page)s of %(pages)s", page=page, pages=pages),
    )
    figures = [longpdf.Column(), *[longpdf.Column(align="right")] * (len(_balance_heads()) - 1)]
    rows = [_balance_row(balance) for balance in balances]
    balance = longpdf.Table(
        figures, [longpdf.Row(tuple(_balance_heads()))], [longpdf.Part(_("Balance"), rows)]
    )
    columns = [
        longpdf.Column(),
        longpdf.Column(),
        longpdf.Column(is_elastic=True),
        longpdf.Column(is_elastic=True),
    ]
    parts = [
        longpdf.Part(str(kind.label), [_form_row(line) for line in lines if line.form.kind is kind])
        for kind in FormKind
        if any(line.form.kind is kind for line in lines)
    ]
    tables = [balance]
    if parts:
        tables.append(longpdf.Table(columns, [longpdf.Row(tuple(_form_heads()))], parts))
    return longpdf.draw_tables(frame, tables, longpdf.A4)


def write_register(project: Project, balances: Sequence[Balance], lines: Sequence[FormLine]) -> bytes:
    """Write the register as a workbook: one sheet with the balance, one with every form."""
    book = SheetBook()
    _write_sheet(book, _("Balance"), project, _balance_heads(), [_balance_row(each) for each in balances])
    rows = [(str(line.form.kind.label), *_form_row(line)) for line in lines]
    _write_sheet(book, _("Forms"), project, [_("Kind"), *_form_heads()], rows)
    return book.close()


def _write_sheet(
    book: SheetBook,
    name: str,
    project: Project,
    heads: Sequence[str],
    rows: Sequence[tuple[str, ...]],
) -> None:
    titles = [f"{project.name} · {_('Register of numbered forms')}", _now()]
    sheet = book.add_sheet(name, titles, foot=project.name)
    top = len(titles) + 1
    for place, head in enumerate(heads):
        sheet.write_string(top, place, head, book.head)
        sheet.set_column(place, place, 18)
    for number, row in enumerate(rows, start=top + 1):
        for place, cell in enumerate(row):
            book.write_cell(sheet, number, place, cell, book.formats["text"])
    sheet.freeze_panes(top + 1, 0)


def _balance_heads() -> list[str]:
    return [_("Kind"), _("Taken in"), *(str(state.label) for state in FormState), _("Left")]


def _balance_row(balance: Balance) -> tuple[str, ...]:
    counts = (balance.received, *(balance.counts[state] for state in FormState), balance.left)
    return (str(balance.kind.label), *(str(count) for count in counts))


def _form_heads() -> list[str]:
    return [_("Number"), _("State"), _("With"), _("Used for")]


def _form_row(line: FormLine) -> tuple[str, ...]:
    form, facts = line.form, line.document
    purpose = f"{facts.name} {facts.deal_number}" if facts else form.spoilt_reason
    holder = line.holder if form.state is FormState.ISSUED else ""
    return (form.number, str(form.state.label), holder, purpose)


def _now() -> str:
    return _("As of %(moment)s", moment=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"))
