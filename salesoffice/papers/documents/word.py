"""Papers from the office's Word templates: checking a template, filling it, a starter to begin with."""

from difflib import get_close_matches

from salesoffice.core.errors import Text
from salesoffice.infra.i18n import _l
from salesoffice.infra.word import WordInvalid, fill_word
from salesoffice.infra.word.starter import StarterTable, build_docx
from salesoffice.papers.documents.fields import build_sample, list_fields
from salesoffice.papers.documents.printing import list_printed
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.rules import PaperData

_SHOWN = 20


def check_template(data: bytes, kind: PaperKind) -> bytes:
    """Fill a template with an invented paper and return that; refuses a template that cannot be used.

    WordInvalid names the paragraph of an error, or every field that is not known with the nearest names that are.
    """
    filled, usages = fill_word(data, list_printed(build_sample(kind)))
    known = {line.name for line in list_fields(kind)}
    unknown = list({usage.name: usage for usage in usages if usage.name not in known}.values())
    if unknown:
        problems = [_name_unknown(usage.name, usage.paragraph, known) for usage in unknown[:_SHOWN]]
        message = _l(
            "The template names %(count)s fields that are not known. Nothing was kept.", count=len(unknown)
        )
        raise WordInvalid(message, problems)
    if not usages:
        raise WordInvalid(_l("The template names no field at all. Write {{ total_amount }}, for example."))
    return filled


def fill_template(template: bytes, data: PaperData) -> bytes:
    """Fill a template with a paper; takes about a tenth of a second, call it outside of a transaction."""
    filled, _usages = fill_word(template, list_printed(data))
    return filled


def build_starter(kind: PaperKind) -> bytes:
    """Build a small template of a kind to begin with: every field once, and a table with a loop for each list."""
    lines = list_fields(kind)
    facts = [(str(line.meaning), line.name) for line in lines if "." not in line.name and not line.is_list]
    tables = [
        StarterTable(
            str(line.meaning),
            line.name,
            [
                (str(cell.meaning), cell.name.partition(".")[2])
                for cell in lines
                if cell.name.startswith(f"{line.name}.")
            ],
        )
        for line in lines
        if line.is_list
    ]
    return build_docx(facts, tables)


def _name_unknown(name: str, paragraph: str, known: set[str]) -> Text:
    near = get_close_matches(name, known, n=2, cutoff=0.5)
    if near:
        return _l(
            "%(name)s is not known (in “%(paragraph)s”). Did you mean %(near)s?",
            name=name,
            paragraph=paragraph,
            near=" / ".join(near),
        )
    return _l("%(name)s is not known (in “%(paragraph)s”).", name=name, paragraph=paragraph)
