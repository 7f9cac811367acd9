"""The Chinese catalogue: one .po file per feature, merged into the one .mo file that Flask-Babel reads."""

import os
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = "zh_CN"


def catalog_sources(root: Path) -> list[Path]:
    """Return the .po files under `root`/translations/zh_CN in the order in which they are merged."""
    return sorted((root / "translations" / LOCALE).glob("*.po"))


def read_source(path: Path) -> Catalog:
    """Read one .po file; a syntax error in it raises `babel.messages.pofile.PoFileError`."""
    with path.open("rb") as source:
        return read_po(source, locale=LOCALE, abort_invalid=True)


def merge_catalogs(sources: list[Path]) -> Catalog:
    """Merge .po files into one catalogue. Where two translate the same msgid, the first translation stays."""
    merged = Catalog(locale=LOCALE, project="salesoffice", charset="utf-8")
    for source in sources:
        for message in read_source(source):
            known = merged.get(message.id, message.context) if message.id else None
            if message.id and (known is None or not known.string):
                merged.add(message.id, message.string, flags=message.flags, context=message.context)
    return merged


def compile_catalog(root: Path) -> None:
    """Write `root`/translations/zh_CN/LC_MESSAGES/messages.mo unless it is up to date.

    The file appears in one step, so processes that start together may all call this. It carries the time of
    its newest source, which is how a later call sees that there is nothing to do. English needs no catalogue.
    """
    folder = root / "translations" / LOCALE
    sources = catalog_sources(root)
    if not sources:
        return
    target = folder / "LC_MESSAGES" / "messages.mo"
    newest = max(path.stat().st_mtime_ns for path in [folder, *sources])
    if target.exists() and target.stat().st_mtime_ns == newest:
        return
    target.parent.mkdir(exist_ok=True)
    newest = max(newest, folder.stat().st_mtime_ns)
    merged = merge_catalogs(sources)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as draft:
        write_mo(draft, merged)
    finished = Path(draft.name)
    finished.chmod(0o644)
    os.utime(finished, ns=(newest, newest))
    finished.replace(target)
