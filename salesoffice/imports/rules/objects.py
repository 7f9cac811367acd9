"""Reading JSON: a list of objects, or an object that holds one (`{"units": […]}`); the keys are the header."""

import json
import re
from collections.abc import Iterator, Sequence

from salesoffice.imports.rules.refusals import (
    MAX_COLUMNS,
    MAX_ROWS,
    build_empty,
    build_too_large,
    build_too_many_columns,
    build_too_many_rows,
    build_unreadable,
)

MAX_JSON_BYTES = 8 * 1024 * 1024
_DEEPEST = 3  # an object, the list in it, the objects of the list
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def looks_like_objects(text: str) -> bool:
    """Whether a text begins like JSON; no table begins with a bracket."""
    return text.lstrip("\ufeff \t\r\n").startswith(("[", "{"))


def read_objects(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The keys as header (line 0), then one row of cells per object, numbered from 1.

    Refused: text that is no JSON, values that are no plain values, keys that repeat (`file_unreadable`), nothing
    (`file_empty`), too much of it. Depth and size are counted before anything is built.
    """
    if len(text) > MAX_JSON_BYTES:
        raise build_too_large(MAX_JSON_BYTES)
    _check_shape(text)
    try:
        content = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_build_object,
        )
    except (ValueError, RecursionError) as error:
        raise build_unreadable() from error
    objects = _find_objects(content)
    header = list(dict.fromkeys(key for item in objects for key in item))
    if len(header) > MAX_COLUMNS:
        raise build_too_many_columns()
    yield 0, header
    for number, item in enumerate(objects, 1):
        yield number, [_write_cell(item.get(key)) for key in header]


def _check_shape(text: str) -> None:
    depth = objects = 0
    for match in _BRACKETS.finditer(text):
        sign = match[0]
        if sign in "{[":
            depth += 1
            objects += sign == "{"
            if depth > _DEEPEST:
                raise build_unreadable()
            if objects > MAX_ROWS + 1:
                raise build_too_many_rows()
        elif sign in "}]":
            depth -= 1


def _find_objects(content: object) -> list[dict[str, object]]:
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if len(lists) == 1 else []
    if not isinstance(content, list) or not content:
        raise build_empty()
    objects = [item for item in content if isinstance(item, dict)]
    if len(objects) < len(content):
        raise build_unreadable()
    return objects


def _build_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    built = dict(pairs)
    if len(built) < len(pairs):
        raise ValueError
    return built


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _write_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffe")  # is refused later as a character that cannot be seen
    if isinstance(value, bool):
        return "true" if value else "false"
    raise build_unreadable()
