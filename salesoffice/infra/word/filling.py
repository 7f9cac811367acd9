"""Filling a template with docxtpl."""

import unicodedata
from collections.abc import Mapping, Sequence
from io import BytesIO

from docxtpl import DocxTemplate
from flask_babel import lazy_gettext as _l
from jinja2 import TemplateError
from lxml.etree import LxmlError

from salesoffice.infra.word.language import TemplateEnvironment, Usage, WordInvalid, refuse_rich_text


def fill(data: bytes, values: Mapping[str, object]) -> tuple[bytes, tuple[Usage, ...]]:
    """Fill a template whose archive was checked; refuses with WordInvalid."""
    environment, written = TemplateEnvironment(), BytesIO()
    try:
        template = DocxTemplate(BytesIO(data))
        for paragraph in template.get_docx().element.body.iter(f"{_WORD}p"):
            refuse_rich_text("".join(part.text or "" for part in paragraph.iter(f"{_WORD}t")))
        template.render({name: _clean(value) for name, value in values.items()}, environment)
        template.save(written)
    except (TemplateError, LxmlError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise WordInvalid(
            _l(
                "The document cannot be filled (%(words)s). Check the marks around loops and tables.",
                words=str(error)[:200],
            )
        ) from error
    return written.getvalue(), tuple(environment.usages)


_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _clean(value: object) -> object:
    """Return a value without signs that XML cannot hold."""
    if isinstance(value, str):
        return "".join(
            sign for sign in value if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
        )
    if isinstance(value, Mapping):
        return {str(name): _clean(item) for name, item in value.items()}
    if isinstance(value, Sequence):
        return [_clean(item) for item in value]
    return value
