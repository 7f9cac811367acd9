"""Look after the translations: `extract` the texts of the code, list what is `missing`, `compile` the catalogue.

python -m tools.translations extract [--feature NAME] | missing | compile
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from salesoffice.infra.catalog import LOCALE, catalog_sources, compile_catalog, merge_catalogs, read_source

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[-+0-9.,]*[a-z]")
JINJA_OPTIONS = {"silent": "false", "encoding": "utf-8"}

MessageId = str | tuple[str, ...]


@dataclass(frozen=True)
class Clash:
    """One msgid that two .po files translate differently."""

    msgid: MessageId
    translations: tuple[tuple[str, str], ...]


def source_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield (extraction method, file) of every file that may hold a text for users."""
    for path in sorted((root / "salesoffice").rglob("*.py")):
        yield "python", path
    for pattern in ("*.html", "*.txt", "*.jinja"):
        for path in sorted((root / "templates").rglob(pattern)):
            yield "jinja2.ext:babel_extract", path


def extract(root: Path) -> Catalog:
    """Return every translatable text of the code and the templates with its places."""
    catalog = Catalog(project="salesoffice", charset="utf-8")
    for method, path in source_files(root):
        options = JINJA_OPTIONS if method.startswith("jinja2") else {"encoding": "utf-8"}
        for line, message, comments, context in extract_from_file(method, path, KEYWORDS, (), options):
            place = (str(path.relative_to(root)), line)
            catalog.add(message, None, [place], auto_comments=comments, context=context)
    return catalog


def key_of(message: Message) -> MessageId:
    """Return the msgid, hashable also when it has a plural."""
    return message.id if isinstance(message.id, str) else tuple(message.id)


def is_translated(message: Message | None) -> bool:
    """Tell whether a catalogue entry has a text in every form and nobody marked it as uncertain."""
    if message is None or message.fuzzy:
        return False
    forms = forms_of(message.string)
    return bool(forms) and all(forms)


def list_missing(root: Path) -> list[Message]:
    """List the texts of the code that have no certain Chinese translation."""
    known = merge_catalogs(catalog_sources(root))
    return [
        message
        for message in extract(root)
        if message.id and not is_translated(known.get(message.id, message.context))
    ]


def list_uncertain(root: Path) -> list[tuple[Path, MessageId]]:
    """List the entries of the .po files that are fuzzy or empty, used or not."""
    return [
        (source, key_of(message))
        for source in catalog_sources(root)
        for message in read_source(source)
        if message.id and not is_translated(message)
    ]


def list_clashes(root: Path) -> list[Clash]:
    """List the msgids that have different translations in different .po files."""
    found: dict[tuple[MessageId, str | None], list[tuple[str, str]]] = {}
    for source in catalog_sources(root):
        for message in read_source(source):
            if message.id:
                found.setdefault((key_of(message), message.context), []).append(
                    (source.name, str(message.string))
                )
    return [
        Clash(msgid, tuple(entries))
        for (msgid, _context), entries in found.items()
        if len({text for _file, text in entries}) > 1
    ]


def list_broken_placeholders(root: Path) -> list[tuple[str, MessageId]]:
    """List the entries whose translation names other placeholders than the text: the page would fail on them."""
    return [
        (source.name, key_of(message))
        for source in catalog_sources(root)
        for message in read_source(source)
        if message.id
        and not all(
            placeholders(form) == placeholders(*forms_of(message.id)) for form in forms_of(message.string)
        )
    ]


def forms_of(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the singular and plural forms of a msgid or a translation."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def placeholders(*texts: str) -> set[str]:
    """Return the named placeholders of texts, with their conversions."""
    return {match for text in texts for match in PLACEHOLDER.findall(text)}


def print_template(root: Path, feature: str | None) -> None:
    """Write the texts to standard output as a .po template, all or those of one feature's folders."""
    catalog = extract(root)
    if feature:
        chosen = Catalog(project="salesoffice", charset="utf-8", locale=LOCALE)
        for message in catalog:
            places = [place for place in message.locations if feature in Path(place[0]).parts]
            if message.id and places:
                chosen.add(message.id, None, places, context=message.context)
        catalog = chosen
    write_po(sys.stdout.buffer, catalog, width=0, sort_by_file=True)


def print_missing(root: Path) -> int:
    """Print the texts without translation; return how many there are."""
    missing = list_missing(root)
    for message in missing:
        file, line = message.locations[0]
        print(f"{file}:{line}: {message.id!r}")
    print(f"{len(missing)} texts without translation", file=sys.stderr)
    return len(missing)


def main() -> int:
    """Run one of the three commands; 0 done, 1 something is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("extract").add_argument("--feature", help="only texts found in folders of this name")
    commands.add_parser("missing")
    commands.add_parser("compile")
    arguments = parser.parse_args()
    if arguments.command == "extract":
        print_template(ROOT, arguments.feature)
        return 0
    if arguments.command == "missing":
        return 1 if print_missing(ROOT) else 0
    compile_catalog(ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
