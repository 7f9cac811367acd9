"""What a file must be like before it is opened as a Word document: small, whole, without macros, links or entities."""

import re
import zlib
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import Text
from salesoffice.infra.word.language import WordInvalid

MAX_BYTES = 5 * 2**20
MAX_UNPACKED = 40 * 2**20
MAX_PART = 8 * 2**20
MAX_MEMBERS = 400
"""Limits of a template: the file, all of it unpacked, one part of text, how many parts."""

_DOCUMENT = "word/document.xml"
_TYPES = "[Content_Types].xml"
_MAIN_TYPE = b"wordprocessingml.document.main+xml"
_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "bmp", "emf", "wmf", "tif", "tiff", "odttf"})
_MARKUP = frozenset({"xml", "rels"})
_ACTIVE = re.compile(r"vbaproject|/embeddings/|/activex/|afchunk|/customui", re.IGNORECASE)
_FETCHING_FIELD = re.compile(r"INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|\bDDE\b|\bLINK\b|\bRD\b", re.IGNORECASE)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def check_archive(data: bytes) -> None:
    """Refuse with WordInvalid what is no plain .docx: too large, damaged, with macros, objects, links or entities."""
    if not 0 < len(data) <= MAX_BYTES:
        _refuse(_l("A template has at most %(count)s MB.", count=MAX_BYTES // 2**20))
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_members(archive)
            for member in archive.infolist():
                _check_member(member.filename, archive.read(member))
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise WordInvalid(_l("This is no Word document (.docx), or it is damaged.")) from error


def _check_members(archive: ZipFile) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        _refuse(_l("Unpacked, this document is too large."))
    if _DOCUMENT not in names or _TYPES not in names or len(set(names)) != len(names):
        _refuse(_l("This is no Word document (.docx), or it is damaged."))
    for member in members:
        _check_name(member)
    if _MAIN_TYPE not in archive.read(_TYPES):
        _refuse(_l("This is no plain Word document. Save it as .docx, without macros and not as a template."))


def _check_name(member: ZipInfo) -> None:
    name = member.filename
    ending = name.rpartition(".")[2].lower()
    if _ACTIVE.search(name) or (ending == "bin" and "printerSettings" not in name):
        _refuse(_l("This document has macros or embedded objects (%(name)s). Take them out.", name=name))
    if not name.endswith("/") and ending not in _MARKUP | _PICTURES | {"bin"}:
        _refuse(_l("This document has a part that is not allowed (%(name)s).", name=name))
    if ending in _MARKUP and member.file_size > MAX_PART:
        _refuse(_l("Unpacked, this document is too large."))


def _check_member(name: str, content: bytes) -> None:
    if name.rpartition(".")[2].lower() not in _MARKUP:
        return
    root = _parse(name, content)
    if name.endswith(".rels"):
        for relation in root:
            if str(relation.get("TargetMode", "")).lower() == "external":
                _refuse(
                    _l(
                        "This document is linked to something outside (%(target)s). Take the link out, or put the"
                        " picture itself into the document.",
                        target=str(relation.get("Target"))[:100],
                    )
                )
    for field in root.iter(f"{_WORD}instrText", f"{_WORD}fldSimple"):
        words = f"{field.text or ''} {field.get(f'{_WORD}instr') or ''}"
        if _FETCHING_FIELD.search(words):
            _refuse(
                _l("This document has a field that fetches something (%(field)s).", field=words.strip()[:60])
            )


def _parse(name: str, content: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise WordInvalid(_l("A part of this document cannot be read (%(name)s).", name=name)) from error
    if root.getroottree().docinfo.doctype:
        _refuse(_l("A part of this document cannot be read (%(name)s).", name=name))
    return root


def _refuse(message: Text) -> None:
    raise WordInvalid(message)
