"""The language of templates: a small part of Jinja. Fields, rows of lists, conditions, a few filters; nothing else.

The sandbox of Jinja stands behind it, but what a template may say is decided here, by what is allowed: a construct that
is not in the list is refused with the paragraph it stands in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _l
from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from salesoffice.core.errors import FieldProblem, InvalidInput, Text

FILTERS = frozenset({"d", "default", "first", "join", "last", "length", "lower", "trim", "upper"})
TESTS = frozenset({"defined", "even", "odd"})
LOOP_FACTS = frozenset({"first", "index", "index0", "last", "length"})

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Filter, nodes.CondExpr,
)  # fmt: skip
_TAGS = re.compile(r"<[^>]*>")
_RICH = re.compile(r"\{\{\s*[rp]\s")
_LONGEST_PARAGRAPH = 80


class WordInvalid(InvalidInput):
    """A template that cannot be used; each problem names its paragraph."""

    def __init__(self, message: Text, problems: Sequence[Text] = ()) -> None:
        errors = [FieldProblem("file", problem) for problem in problems or (message,)]
        super().__init__(message, errors, code="word_template_invalid")


@dataclass(frozen=True)
class Usage:
    """A field that a template names, `total_amount` or `buyers.name`, and the paragraph it stands in."""

    name: str
    paragraph: str


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Jinja that parses only what is allowed, escapes everything, and remembers the names it met."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=ChainableUndefined)
        self.globals.clear()
        self.usages: list[Usage] = []

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            raise _refuse(source, error.lineno, _l("Jinja says: %(words)s", words=error.message)) from error
        self.usages += _Reader(source).read(tree)
        return tree


class _Reader:
    """Walks through a parsed template, refuses what is not allowed, and collects the names."""

    def __init__(self, source: str) -> None:
        self.source = source

    def read(self, tree: nodes.Template) -> list[Usage]:
        """Return the names of the fields that a template uses."""
        return list(self._walk(tree, MappingProxyType({})))

    def _walk(self, node: nodes.Node, lists: Mapping[str, str]) -> Iterator[Usage]:
        """Yield the names below a node; `lists` says which variable stands for a row of which list."""
        if not isinstance(node, _ALLOWED):
            raise self._refuse(node, type(node).__name__)
        if isinstance(node, nodes.Getattr):
            yield from self._read_attribute(node, lists)
        elif isinstance(node, nodes.For):
            yield from self._read_loop(node, lists)
        else:
            if isinstance(node, nodes.Name) and node.name not in lists:
                yield self._use(node, node.name)
            if isinstance(node, nodes.Name) and node.name == "loop":
                raise self._refuse(node, "loop")
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                raise self._refuse(node, f"|{node.name}")
            if isinstance(node, nodes.Test) and node.name not in TESTS:
                raise self._refuse(node, f"is {node.name}")
            for child in node.iter_child_nodes():
                yield from self._walk(child, lists)

    def _read_attribute(self, node: nodes.Getattr, lists: Mapping[str, str]) -> Iterator[Usage]:
        owner = node.node
        if not isinstance(owner, nodes.Name) or node.attr.startswith("_"):
            raise self._refuse(node, f".{node.attr}")
        if owner.name == "loop" and lists:
            if node.attr not in LOOP_FACTS:
                raise self._refuse(node, f"loop.{node.attr}")
            return
        yield self._use(node, f"{lists.get(owner.name, owner.name)}.{node.attr}")

    def _read_loop(self, node: nodes.For, lists: Mapping[str, str]) -> Iterator[Usage]:
        if lists or node.recursive:
            raise self._refuse(node, _l("a loop within a loop"))
        if not isinstance(node.iter, nodes.Name) or not isinstance(node.target, nodes.Name):
            raise self._refuse(node, _l("a loop over something that is no list"))
        yield self._use(node, node.iter.name)
        rows = {node.target.name: node.iter.name}
        for child in [*node.body, *([node.test] if node.test else [])]:
            yield from self._walk(child, rows)
        for child in node.else_:
            yield from self._walk(child, lists)

    def _use(self, node: nodes.Node, name: str) -> Usage:
        return Usage(name, _paragraph(self.source, node.lineno))

    def _refuse(self, node: nodes.Node, construct: Text) -> WordInvalid:
        words = _l("“%(construct)s” is not allowed in a template.", construct=construct)
        return _refuse(self.source, node.lineno, words)


def refuse_rich_text(text: str) -> None:
    """Refuse `{{r …}}` and `{{p …}}` of docxtpl: fields are plain text."""
    found = _RICH.search(text)
    if found is not None:
        raise _refuse(text, 1 + text.count("\n", 0, found.start()), _l("Write {{ name }} without r or p."))


def _refuse(source: str, line: int, words: Text) -> WordInvalid:
    paragraph = _paragraph(source, line)
    message = _l("Paragraph “%(paragraph)s”: %(words)s", paragraph=paragraph, words=words)
    return WordInvalid(_l("The template cannot be used."), [message])


def _paragraph(source: str, line: int) -> str:
    lines = source.splitlines() or [""]
    text = _TAGS.sub("", lines[min(max(line, 1), len(lines)) - 1]).strip()
    return text[:_LONGEST_PARAGRAPH]
