"""Which column of a file is what: named layouts, a general one, and the person's own mapping."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import ColumnField
from salesoffice.imports.rules.refusals import UNPROCESSABLE

CUSTOM_PROFILE = "custom"
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")


@dataclass(frozen=True, slots=True)
class Profile:
    """The fields of the columns of one file, by position; None where a column is not read."""

    name: str
    columns: tuple[ColumnField | None, ...]
    requires_building: bool = False

    def has(self, field: ColumnField) -> bool:
        """Whether a column is read as `field`."""
        return field in self.columns


@dataclass(frozen=True, slots=True)
class Layout:
    """A known kind of file: the words of its header, and the fields without which it is another kind."""

    name: str
    words: Mapping[str, ColumnField]
    required: frozenset[ColumnField]
    requires_building: bool = False


def _words(**fields: str) -> Mapping[str, ColumnField]:
    return MappingProxyType(
        {word: ColumnField(field) for field, synonyms in fields.items() for word in synonyms.split()}
    )


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "shenzhen_filing",
        _words(
            label="房号 房源 房屋",
            gross_area="建筑面积",
            gross_unit_price="建筑面积单价",
            inner_area="套内面积 套内建筑面积",
            inner_unit_price="套内面积单价 套内建筑面积单价",
            total="总售价 总价",
            status="销售状况 销售状态",
            remark="备注",
        ),
        frozenset(
            {ColumnField.LABEL, ColumnField.GROSS_UNIT_PRICE, ColumnField.INNER_UNIT_PRICE, ColumnField.TOTAL}
        ),
    ),
    Layout(
        "office_units",
        _words(
            floor="楼层",
            section="单元号 单元",
            position="房间序号",
            room="房号",
            gross_area="建筑面积",
            inner_area="套内建筑面积 套内面积",
            shared_area="分摊面积 公摊面积",
            gross_unit_price="建筑单价",
            inner_unit_price="套内单价",
            total="总价",
            unit_type="户型",
            usage="用途",
            orientation="朝向",
            handover_on="入伙日期",
            category="房类",
        ),
        frozenset({ColumnField.FLOOR, ColumnField.ROOM, ColumnField.POSITION}),
        requires_building=True,
    ),
    Layout(
        "beijing_board",
        _words(
            building="building",
            section="unit_section",
            floor="floor",
            room="room_no",
            usage="unit_type",
            gross_area="area_built",
            inner_area="area_inner",
            gross_unit_price="unit_price",
            total="total_price",
            status="status",
            unit_type="layout",
        ),
        frozenset({ColumnField.BUILDING, ColumnField.FLOOR, ColumnField.ROOM, ColumnField.STATUS}),
    ),
    Layout(
        "general",
        _words(
            building="楼栋 栋号 楼号 幢号 楼栋号 楼栋名称 building",
            section="单元 单元号 座号 section",
            floor="楼层 层 所在层 层数 floor",
            room="房号 室号 房间号 门牌号 房源 房源编号 room room_no",
            position="房间序号",
            gross_area="建筑面积 建面 gross_area",
            inner_area="套内面积 套内建筑面积 户内面积 inner_area",
            shared_area="分摊面积 公摊面积 shared_area",
            gross_unit_price="建筑面积单价 建筑单价 建面单价 单价 gross_unit_price",
            inner_unit_price="套内面积单价 套内单价 套内建筑面积单价 inner_unit_price",
            total="总价 总售价 总价款 表价 房屋总价 total total_price",
            status="销售状况 销售状态 状态 status",
            usage="用途 房屋用途 规划用途 usage",
            unit_type="户型 房型 unit_type layout",
            orientation="朝向 orientation",
            handover_on="入伙日期 交房日期 交付日期 handover_on",
            category="房类 物业类型 category",
            remark="备注 说明 remark",
        ),
        frozenset({ColumnField.ROOM}),
    ),
)


def list_profile_names() -> tuple[str, ...]:
    """Names of the known layouts, as `--profile` takes them."""
    return tuple(layout.name for layout in LAYOUTS)


def guess_profile(
    header: Sequence[str], *, mapping: Mapping[str, ColumnField] | None = None, name: str | None = None
) -> Profile:
    """The profile of a header: the person's `mapping` of columns, the layout `name`, or the best known layout.

    Refused: `columns_unknown` when no column is understood as a room, `profile_unknown` for a name that does
    not exist, `columns_missing` when the named layout does not fit, `mapping_invalid` for a mapping that names
    a column that is not there or a field twice.
    """
    if mapping:
        return _build_mapped(header, mapping)
    layouts = LAYOUTS if name is None else tuple(layout for layout in LAYOUTS if layout.name == name)
    if not layouts:
        message = _l(
            "There is no import profile “%(name)s”. Choose one of: %(known)s.", name=name, known=_known()
        )
        raise DomainError(message, code="profile_unknown", status=UNPROCESSABLE, name=name)
    words = [_clean_header(cell) for cell in header]
    fitting = [profile for layout in layouts if (profile := _fit(layout, words))]
    if fitting:
        return max(fitting, key=_count_columns)
    if name is not None:
        message = _l("The columns of the file do not fit the profile “%(name)s”.", name=name)
        raise DomainError(message, code="columns_missing", status=UNPROCESSABLE, name=name)
    message = _l(
        "No column of the file is understood as a room number. Check that the first row holds the column names, "
        "or say which column is what."
    )
    raise DomainError(message, code="columns_unknown", status=UNPROCESSABLE, header=tuple(header))


def _known() -> str:
    return ", ".join(list_profile_names())


def _count_columns(profile: Profile) -> int:
    return sum(field is not None for field in profile.columns)


def _clean_header(cell: str) -> str:
    plain = unicodedata.normalize("NFKC", cell).lower()
    return "".join(_BRACKETS.sub("", plain).split()).strip("*:")


def _fit(layout: Layout, words: Sequence[str]) -> Profile | None:
    seen: set[ColumnField] = set()
    columns: list[ColumnField | None] = []
    for word in words:
        field = layout.words.get(word)
        columns.append(None if field in seen else field)
        if field is not None:
            seen.add(field)
    if not layout.required <= seen:
        return None
    if not seen & {ColumnField.LABEL, ColumnField.BUILDING, ColumnField.FLOOR}:
        columns = [ColumnField.LABEL if field is ColumnField.ROOM else field for field in columns]
    return Profile(layout.name, tuple(columns), layout.requires_building)


def _build_mapped(header: Sequence[str], mapping: Mapping[str, ColumnField]) -> Profile:
    fields = list(mapping.values())
    unknown = [column for column in mapping if column not in header]
    twice = len(set(fields)) != len(fields)
    if unknown or twice or not {ColumnField.LABEL, ColumnField.ROOM} & set(fields):
        message = _l(
            "The mapping of columns cannot be used: each column must be in the file, each field may be chosen once, "
            "and one column must be the room."
        )
        raise DomainError(message, code="mapping_invalid", status=UNPROCESSABLE, unknown=tuple(unknown))
    remaining = dict(mapping)
    return Profile(CUSTOM_PROFILE, tuple(remaining.pop(cell, None) for cell in header))
