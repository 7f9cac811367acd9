"""Reading back what was printed and sent."""

import io
import re
from collections.abc import Sequence

from pypdf import PdfReader

_FOOTER = re.compile(r".* 工作日志 \d{4}-\d\d-\d\d|SHA-256 [0-9a-f]{16} 第 \d+ 页 共 \d+ 页")
_REPEATED_HEAD = "期间 套数 m² 金额（元）"


def read_pdf(data: bytes) -> str:
    """Return the text of a PDF."""
    assert data.startswith(b"%PDF-")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def squeeze(text: str) -> str:
    """Return a text without any white space, so that line breaks of a paper do not matter."""
    return re.sub(r"\s+", "", text)


def log_lines(text: str) -> list[str]:
    """Return the lines of a printed log without what repeats on every page."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not _FOOTER.fullmatch(line) and line != _REPEATED_HEAD]


def lines_after(lines: Sequence[str], title: str, count: int) -> list[str]:
    """Return the lines that follow a title, which stands alone on its line."""
    start = list(lines).index(title) + 1
    return list(lines[start : start + count])
