"""A template to begin with, made by python-docx."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO


@dataclass(frozen=True)
class StarterTable:
    """A list: its caption, its name, and its cells as (heading, field); without cells a list of texts."""

    caption: str
    name: str
    cells: Sequence[tuple[str, str]]


def build_docx(facts: Sequence[tuple[str, str]], tables: Sequence[StarterTable]) -> bytes:
    """Build a .docx with the title, a table of facts as (heading, field), and a table with a loop for each list."""
    from docx import Document

    document = Document()
    document.add_heading("{{ title }}", 0)
    document.add_paragraph("{{ number }}")
    grid = document.add_table(0, 2, style="Table Grid")
    for heading, name in facts:
        row = grid.add_row()
        row.cells[0].text, row.cells[1].text = heading, f"{{{{ {name} }}}}"
    for table in tables:
        document.add_heading(table.caption, 2)
        if not table.cells:
            for words in (f"{{%p for text in {table.name} %}}", "{{ text }}", "{%p endfor %}"):
                document.add_paragraph(words)
            continue
        grid = document.add_table(4, len(table.cells), style="Table Grid")
        grid.rows[1].cells[0].text = f"{{%tr for row in {table.name} %}}"
        grid.rows[3].cells[0].text = "{%tr endfor %}"
        for place, (heading, name) in enumerate(table.cells):
            grid.rows[0].cells[place].text = heading
            grid.rows[2].cells[place].text = f"{{{{ row.{name} }}}}"
    written = BytesIO()
    document.save(written)
    return written.getvalue()
