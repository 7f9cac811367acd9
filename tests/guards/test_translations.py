"""The Chinese catalogue is complete, certain and says one thing with one word."""

from pathlib import Path

from babel.support import Translations

from salesoffice.infra.catalog import compile_catalog
from tests.support.sources import ROOT
from tools.translations import list_broken_placeholders, list_clashes, list_missing, list_uncertain

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: zh_CN\\n"\n\n'


def write_source(root: Path, feature: str, *entries: tuple[str, str]) -> None:
    folder = root / "translations" / "zh_CN"
    folder.mkdir(parents=True, exist_ok=True)
    body = "\n".join(f'msgid "{msgid}"\nmsgstr "{text}"\n' for msgid, text in entries)
    (folder / f"{feature}.po").write_text(HEADER + body, encoding="utf-8")


def test_every_text_has_a_translation() -> None:
    assert sorted(str(message.id) for message in list_missing(ROOT)) == []


def test_no_entry_is_fuzzy_or_empty() -> None:
    assert list_uncertain(ROOT) == []


def test_no_text_is_translated_in_two_ways() -> None:
    assert list_clashes(ROOT) == []


def test_translations_keep_the_placeholders() -> None:
    assert list_broken_placeholders(ROOT) == []


def test_translation_with_another_placeholder_is_found(tmp_path: Path) -> None:
    write_source(
        tmp_path, "deals", ("Unit %(unit)s", "房源 %(units)s"), ("Number %(number)s", "第 %(number)s 号")
    )

    assert [msgid for _file, msgid in list_broken_placeholders(tmp_path)] == ["Unit %(unit)s"]


def test_text_of_code_and_template_without_translation_is_missing(tmp_path: Path) -> None:
    (tmp_path / "salesoffice").mkdir()
    (tmp_path / "salesoffice" / "views.py").write_text('_("Known")\n_l("Unknown")\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('{{ _("Also unknown") }}')
    write_source(tmp_path, "deals", ("Known", "已知"))

    missing = [message.id for message in list_missing(tmp_path)]

    assert missing == ["Unknown", "Also unknown"]


def test_two_translations_of_one_text_clash(tmp_path: Path) -> None:
    write_source(tmp_path, "deals", ("Hold", "锁房"), ("Unit", "房源"))
    write_source(tmp_path, "web", ("Hold", "保留"), ("Unit", "房源"))

    clashes = list_clashes(tmp_path)

    assert [(clash.msgid, clash.translations) for clash in clashes] == [
        ("Hold", (("deals.po", "锁房"), ("web.po", "保留")))
    ]


def test_compiled_catalogue_has_every_feature_and_follows_changes(tmp_path: Path) -> None:
    write_source(tmp_path, "deals", ("Hold", "锁房"))
    compile_catalog(tmp_path)
    write_source(tmp_path, "web", ("Board", "销控表"))

    compile_catalog(tmp_path)

    texts = Translations.load(tmp_path / "translations", ["zh_CN"])
    assert (texts.gettext("Hold"), texts.gettext("Board")) == ("锁房", "销控表")


def test_compiled_catalogue_is_left_alone_when_nothing_changed(tmp_path: Path) -> None:
    write_source(tmp_path, "deals", ("Hold", "锁房"))
    compile_catalog(tmp_path)
    compiled = tmp_path / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.mo"
    before = compiled.stat()

    compile_catalog(tmp_path)

    assert compiled.stat() == before
