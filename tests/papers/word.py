"""Word documents made for tests, whole ones and hostile ones."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document

TITLE = "商品房认购书"


def write(*paragraphs: str) -> bytes:
    """A document of some paragraphs."""
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    return save(document)


def save(document: object) -> bytes:
    """Return a document as a file."""
    written = BytesIO()
    document.save(written)  # type: ignore[attr-defined]
    return written.getvalue()


def build_agreement() -> bytes:
    """A typical subscription agreement: facts, a table of buyers, capitals, a table of instalments, a condition."""
    document = Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph("编号：{{ agreement_no }}　{{ edition_words }}")
    document.add_paragraph(
        "甲方（出卖人）：{{ seller }}　项目：{{ project_name }}　预售许可证：{{ permit_no }}"
    )
    buyers = document.add_table(4, 4, style="Table Grid")
    _fill_row(buyers, 0, ("序号", "姓名", "证件号码", "电话"))
    _fill_row(buyers, 1, ("{%tr for b in buyers %}",))
    _fill_row(buyers, 2, ("{{ b.position }}", "{{ b.name }}", "{{ b.certificate_no }}", "{{ b.phone }}"))
    _fill_row(buyers, 3, ("{%tr endfor %}",))
    document.add_paragraph(
        "房源：{{ unit_place }}，建筑面积 {{ gross_area }} 平方米，总价 {{ total_amount }} 元"
        "（大写：{{ total_amount_capitals }}），定金 {{ deposit_amount }} 元（大写：{{ deposit_amount_capitals }}）。"
    )
    document.add_paragraph(
        "付款方式：{{ plan_kind }}{% if loan_amount %}，其中贷款 {{ loan_amount }} 元{% endif %}。"
    )
    schedule = document.add_table(4, 3, style="Table Grid")
    _fill_row(schedule, 0, ("款项", "应付日", "金额"))
    _fill_row(schedule, 1, ("{%tr for i in instalments %}",))
    _fill_row(schedule, 2, ("{{ i.instalment_kind }}", "{{ i.due_on_words }}", "{{ i.due_amount }}"))
    _fill_row(schedule, 3, ("{%tr endfor %}",))
    document.add_paragraph("请于 {{ sign_by_words }} 前签订买卖合同。")
    document.sections[0].footer.paragraphs[0].text = "{{ project_name }} · {{ number }}"
    return save(document)


def read_words(data: bytes) -> list[str]:
    """Return the paragraphs of a document, its tables row by row with | between the cells, then its footer."""
    document = Document(BytesIO(data))
    words = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        words += ["|".join(cell.text for cell in row.cells) for row in table.rows]
    return [*words, document.sections[0].footer.paragraphs[0].text]


def repack(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Change the parts of a document as they lie in its archive."""
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def _fill_row(table: object, number: int, cells: tuple[str, ...]) -> None:
    for place, words in enumerate(cells):
        table.rows[number].cells[place].text = words  # type: ignore[attr-defined]
