"""Registers of labels and values (项目楼栋情况,…,座号,…): no header, units glued to values, labels that repeat.

The text between two labels is the value of the first; commas are not trusted. The areas named first are the forecast,
those named again the final survey. The answer is an ordinary table with the header `HEADER`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

HEADER = (
    "项目楼栋情况", "座号", "楼层", "房号", "用途", "建筑面积", "户内面积", "分摊面积", "拟售价格(按建筑面积计)",
    "拟售价格(按套内面积计)", "合同号", "竣工建筑面积", "竣工户内面积", "竣工分摊面积",
)  # fmt: skip

_SYNONYMS = {
    "项目楼栋情况": "项目楼栋情况", "座号": "座号", "合同号": "合同号", "拟售价格": "拟售价格", "楼层": "楼层",
    "房号": "房号", "用途": "用途", "建筑面积": "建筑面积", "户内面积": "户内面积", "套内面积": "户内面积",
    "分摊面积": "分摊面积",
}  # fmt: skip
_AREAS = ("建筑面积", "户内面积", "分摊面积")
_SINGLE = ("项目楼栋情况", "座号", "楼层", "房号", "用途", "合同号")
_LABEL = re.compile(rf"(?:^|(?<=[,，)）]))\s*({'|'.join(_SYNONYMS)})")
_MARKS = ("项目楼栋情况", "拟售价格", "房号")
_BASIS = re.compile(r"[(（]\s*按(?P<basis>建筑|套内|户内)[^)）,]{0,6}计\s*[)）]")
_GLUED = re.compile(r"(?:元/平方米|平方米|元/㎡|㎡)$")
_BUILDING = re.compile(
    r"(?P<prefix>.*?)(?P<name>(?:[A-Z]\d{0,2}|\d{1,3}|[一二三四五六七八九十]{1,3})(?:栋|幢|号楼|座))"
)
_LONGEST_RECORD = 2000
_FEWEST_LABELS = 8
_EDITIONS = 2  # forecast, and final survey


def is_register(first_line: str) -> bool:
    """Whether a file begins with a record of labels and values instead of a header."""
    head = first_line[:_LONGEST_RECORD]
    return (
        all(re.search(rf"{mark}\s*[,，]?[^,，]", head) for mark in _MARKS)
        and len(_LABEL.findall(head)) >= _FEWEST_LABELS
    )


def read_register(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The header (line 0) and one row of cells per record with its line.

    A record without one of the labels gives too few cells, one with text beside its values too many, so that it is
    rejected by name. Buildings lose the words that all of them begin with.
    """
    records = [
        (line, _read_record(record)) for line, record in enumerate(text.splitlines(), 1) if record.strip()
    ]
    prefix = _find_common_prefix(cells[0] for _line, cells in records)
    yield 0, HEADER
    for line, cells in records:
        yield line, (cells[0].removeprefix(prefix), *cells[1:])


def _read_record(record: str) -> list[str]:
    if len(record) > _LONGEST_RECORD:
        return [record[:100]]
    bases = _BASIS.findall(record)
    plain = _BASIS.sub(",", record)
    labels = list(_LABEL.finditer(plain))
    values: dict[str, list[str]] = {}
    has_rest = bool(labels) and bool(plain[: labels[0].start()].strip(", ，"))
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        raw = plain[label.end() : following.start() if following else len(plain)]
        parts = [part for word in raw.split(",") if (part := word.strip(" ，"))]
        has_rest = has_rest or len(parts) > 1
        values.setdefault(_SYNONYMS[label[1]], []).append(_GLUED.sub("", parts[0]) if parts else "")
    is_whole = all(len(values.get(name, ())) == 1 for name in (*_SINGLE, "拟售价格")) and all(
        1 <= len(values.get(name, ())) <= _EDITIONS for name in _AREAS
    )
    if not is_whole:
        return [record[:100]]
    cells = _order(values, is_by_inner=bool(bases) and bases[0] != "建筑")
    return [*cells, "?"] if has_rest else cells


def _order(values: dict[str, list[str]], *, is_by_inner: bool) -> list[str]:
    single = {name: values[name][0] for name in _SINGLE}
    areas = [values[name] for name in _AREAS]
    price = values["拟售价格"][0]
    return [
        single["项目楼栋情况"],
        single["座号"],
        single["楼层"],
        single["房号"],
        single["用途"],
        *(area[0] for area in areas),
        *(("", price) if is_by_inner else (price, "")),
        single["合同号"],
        *(area[1] if len(area) > 1 else "" for area in areas),
    ]


def _find_common_prefix(buildings: Iterable[str]) -> str:
    """What stands before 1栋 in every building; empty when they begin differently."""
    prefixes = {
        match["prefix"] if (match := _BUILDING.fullmatch(name)) else "" for name, _same in groupby(buildings)
    }
    return prefixes.pop() if len(prefixes) == 1 else ""
