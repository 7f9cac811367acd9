"""A Word template may name the fields of its paper and do nothing else; a file may be a plain document and nothing else."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from docx import Document
from flask import Flask

from salesoffice.app import create_app
from salesoffice.infra.i18n import speak
from salesoffice.infra.word import MAX_BYTES, WordInvalid, fill_word
from salesoffice.papers.documents.fields import FIELDS, list_fields
from salesoffice.papers.documents.word import build_starter, check_template
from salesoffice.papers.enums import TEMPLATE_KINDS, PaperKind
from tests.papers.word import build_agreement, read_words, repack, save, write

KIND = PaperKind.SUBSCRIPTION
RELATIONS = "word/_rels/document.xml.rels"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application for its words; no database is asked."""
    folder = tmp_path_factory.mktemp("word")
    url = f"sqlite:///{folder / 'none.db'}"
    return create_app(SECRET_KEY="x" * 40, SQLALCHEMY_DATABASE_URI=url, DATA_DIR=folder, LOG_LEVEL="ERROR")


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    """Refusals in English."""
    with app.test_request_context(), speak("en"):
        yield


def problems_of(data: bytes) -> list[str]:
    with pytest.raises(WordInvalid) as refusal:
        check_template(data, KIND)
    return [str(problem.message) for problem in refusal.value.errors]


def test_typical_agreement_is_filled_with_the_sample() -> None:
    words = read_words(check_template(build_agreement(), KIND))

    assert "编号：RG000012　第1版" in words
    assert "1|张三|110101199003070011|13800001234" in words
    assert "2|张三|110101199003070011|13800001234" in words
    assert any("人民币玖拾柒万零贰佰元整" in line for line in words)
    assert any("2026年6月7日" in line for line in words)
    assert words[-1] == "锦绣台 · RG000012"


def test_values_are_text_and_never_markup() -> None:
    values = {"project_name": "<w:p>{{ 7*7 }}</w:p> & co\nsecond\0 line"}

    filled, _usages = fill_word(write("{{ project_name }}"), values)

    assert read_words(filled)[0] == "<w:p>{{ 7*7 }}</w:p> & co\nsecond line"


def test_unknown_fields_are_named_with_the_nearest_ones() -> None:
    found = problems_of(
        write("总价 {{ total_amont }}", "{%p for b in buyers %}", "{{ b.nme }}", "{%p endfor %}")
    )

    assert len(found) == 2
    assert re.fullmatch(r"total_amont is not known .in “总价 .*”.. Did you mean total_amount.*", found[0])
    assert re.fullmatch(r"buyers.nme is not known .*Did you mean buyers.name.*", found[1])


def test_error_of_writing_names_its_paragraph() -> None:
    found = problems_of(write("{{ seller }}", "总价 {{ total_amount } 元"))
    unclosed = problems_of(write("{% if loan_amount %}贷款"))

    assert "总价" in found[0]
    assert "Jinja says" in unclosed[0]


@pytest.mark.parametrize(
    "construct",
    [
        "{{ ''.__class__ }}",
        "{{ seller.__class__.__mro__ }}",
        "{{ seller|attr('__class__') }}",
        "{% for i in range(1000000000) %}{{ i }}{% endfor %}",
        "{% for a in buyers %}{% for b in buyers %}{{ b.name }}{% endfor %}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ seller|center(1000000000) }}",
        "{{ seller.upper() }}",
        "{{ cycler('a') }}",
        "{% import 'os' as os %}",
        "{% include '/etc/passwd' %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% macro m() %}x{% endmacro %}",
        "{% set x = 1 %}",
        "{% with x = 1 %}{{ x }}{% endwith %}",
        "{% autoescape false %}{{ seller }}{% endautoescape %}",
        "{{ seller|safe }}",
        "{{ buyers[0] }}",
        "{{ self }}",
        "{{ config }}",
        "{{r seller }}",
    ],
)
def test_everything_but_fields_is_refused(construct: str) -> None:
    started = time.monotonic()

    problems = problems_of(write("{{ seller }}", construct))

    assert problems
    assert time.monotonic() - started < 5


def test_hostile_names_in_header_and_properties_are_refused() -> None:
    document = Document()
    document.add_paragraph("{{ seller }}")
    document.sections[0].header.paragraphs[0].text = "{{ seller.__class__ }}"
    titled = Document()
    titled.add_paragraph("{{ seller }}")
    titled.core_properties.title = "{{ cycler.__init__.__globals__ }}"

    assert problems_of(save(document))
    assert problems_of(save(titled))


def add_relation(parts: dict[str, bytes], kind: str, target: str) -> None:
    relation = (
        f'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
        f' Target="{target}" TargetMode="External"/></Relationships>'
    )
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", relation.encode())


def add_laughs(parts: dict[str, bytes]) -> None:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
    )
    body = parts["word/document.xml"].split(b"?>", 1)[1]
    parts["word/document.xml"] = f"<!DOCTYPE x [{entities}]>".encode() + body.replace(b"seller", b"&l9;", 1)


def add_field(parts: dict[str, bytes]) -> None:
    field = b'<w:r><w:instrText>INCLUDEPICTURE "http://example.test/a.png"</w:instrText></w:r></w:p>'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:p>", field, 1)


def make_macros(parts: dict[str, bytes]) -> None:
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )


HOSTILE: dict[str, Callable[[dict[str, bytes]], None]] = {
    "linked picture": lambda parts: add_relation(parts, "image", "http://example.test/a.png"),
    "attached template": lambda parts: add_relation(parts, "attachedTemplate", "file:///c:/x.dotm"),
    "billion laughs": add_laughs,
    "fetching field": add_field,
    "macros": lambda parts: parts.update({"word/vbaProject.bin": b"x"}),
    "macro type": make_macros,
    "embedded object": lambda parts: parts.update({"word/embeddings/oleObject1.bin": b"x"}),
    "program": lambda parts: parts.update({"word/run.exe": b"x"}),
    "zip bomb": lambda parts: parts.update({"word/media/a.png": b"\0" * (41 * 2**20)}),
    "huge part": lambda parts: parts.update({"word/styles.xml": b" " * (9 * 2**20)}),
    "broken xml": lambda parts: parts.update({"word/document.xml": b"<w:document"}),
    "no document": lambda parts: parts.pop("word/document.xml"),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused_quickly(name: str) -> None:
    started = time.monotonic()

    problems = problems_of(repack(write("{{ seller }}"), HOSTILE[name]))

    assert len(problems) == 1
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04 broken", b"x" * (MAX_BYTES + 1)])
def test_file_that_is_no_document_is_refused(data: bytes) -> None:
    assert len(problems_of(data)) == 1


def test_document_without_fields_is_refused() -> None:
    assert problems_of(write("认购书")) == [
        "The template names no field at all. Write {{ total_amount }}, for example."
    ]


def test_every_kind_with_a_template_has_its_fields() -> None:
    assert tuple(FIELDS) == TEMPLATE_KINDS


@pytest.mark.parametrize("kind", FIELDS)
def test_starter_of_every_kind_is_a_template_that_names_every_field(kind: PaperKind) -> None:
    filled = check_template(build_starter(kind), kind)

    words = "\n".join(read_words(filled))
    assert "{{" not in words
    assert all(line.example in words for line in list_fields(kind))
