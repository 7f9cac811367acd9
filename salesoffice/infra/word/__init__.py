"""Word documents from the office's own templates (docxtpl). A template is code that somebody uploaded: nothing in it
may do more than name the fields it is given.
"""

from collections.abc import Mapping

from salesoffice.infra.word.archive import MAX_BYTES, check_archive
from salesoffice.infra.word.language import Usage, WordInvalid

__all__ = ["MAX_BYTES", "MEDIA_TYPE", "Usage", "WordInvalid", "check_archive", "fill_word"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fill_word(data: bytes, values: Mapping[str, object]) -> tuple[bytes, tuple[Usage, ...]]:
    """Fill a template: texts, lists of texts and lists of rows by name. Returns the document and every name it uses.

    A name that has no value prints nothing. Refused with WordInvalid: what `check_archive` and the language of
    templates refuse. Takes about a tenth of a second: call it outside of a transaction.
    """
    from salesoffice.infra.word.filling import fill

    check_archive(data)
    return fill(data, values)
