"""The layouts of files that are known: the words of their headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from salesoffice.imports.enums import ColumnField, ImportKind


@dataclass(frozen=True, slots=True)
class Layout:
    """A known kind of file: the words of its header, and the fields without which it is another kind."""

    name: str
    words: Mapping[str, ColumnField]
    required: frozenset[ColumnField]
    requires_building: bool = False
    kind: ImportKind = ImportKind.UNITS


def _words(**fields: str) -> Mapping[str, ColumnField]:
    return MappingProxyType(
        {word: ColumnField(field) for field, synonyms in fields.items() for word in synonyms.split()}
    )


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "shenzhen_register",
        _words(
            building="项目楼栋情况",
            section="座号",
            floor="楼层",
            room="房号",
            usage="用途",
            gross_area="建筑面积",
            inner_area="户内面积",
            shared_area="分摊面积",
            gross_unit_price="拟售价格(按建筑面积计)",
            inner_unit_price="拟售价格(按套内面积计)",
            contract_no="合同号",
            final_gross_area="竣工建筑面积",
            final_inner_area="竣工户内面积",
            final_shared_area="竣工分摊面积",
        ),
        frozenset(
            {ColumnField.BUILDING, ColumnField.ROOM, ColumnField.CONTRACT_NO, ColumnField.GROSS_UNIT_PRICE}
        ),
    ),
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
            contract_no="合同号 合同编号",
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
            status="销售状况 销售状态 状态 售况 网签状态 备案状态 签约状态 房源状态 status",
            contract_no="合同号 合同编号 网签合同号 contract_no",
            final_gross_area="竣工建筑面积 实测建筑面积 final_gross_area",
            final_inner_area="竣工户内面积 竣工套内面积 实测套内面积 final_inner_area",
            final_shared_area="竣工分摊面积 实测分摊面积 实测公摊面积 final_shared_area",
            usage="用途 房屋用途 规划用途 usage",
            unit_type="户型 房型 unit_type layout",
            orientation="朝向 orientation",
            handover_on="入伙日期 交房日期 交付日期 handover_on",
            category="房类 物业类型 category",
            remark="备注 说明 remark",
        ),
        frozenset({ColumnField.ROOM}),
    ),
    Layout(
        "office_survey",
        _words(
            building="楼栋 栋号 楼号 楼栋名称 building",
            section="单元 单元号 座号 section",
            floor="楼层 层 所在层 floor",
            room="房号 室号 房间号 room room_no",
            final_gross_area="测绘建筑面积 实测建筑面积 竣工建筑面积 final_gross_area",
            final_inner_area="测绘套内建筑面积 测绘套内面积 实测套内建筑面积 实测套内面积 竣工套内面积 final_inner_area",
            final_shared_area="测绘分摊面积 测绘公摊面积 实测分摊面积 实测公摊面积 final_shared_area",
            surveyor="测绘单位 surveyor",
            surveyed_on="测绘日期 surveyed_on",
        ),
        frozenset({ColumnField.ROOM, ColumnField.FINAL_GROSS_AREA}),
        kind=ImportKind.AREAS,
    ),
    Layout(
        "office_customers",
        _words(
            visited_on="来访日期 到访日期 首访日期 visited_on",
            customer_name="姓名 客户姓名 客户 name",
            mobile="手机号 手机 手机号码 电话 联系电话 phone mobile",
            landline="固定电话 座机 landline",
            source="知道途径 认知途径 来源 渠道 source",
            rep="销售员 置业顾问 业务员 rep",
            wanted_area="需求面积 意向面积",
            wanted_type="需要户型 意向户型",
            budget="总价 意向总价 预算 budget",
            purpose="购买用途 置业目的",
            concerns="关注问题 关注点",
            age="年龄 age",
            occupation="职业 occupation",
            residence="居住区域 居住地",
            remark="备注 remark",
        ),
        frozenset({ColumnField.CUSTOMER_NAME, ColumnField.MOBILE}),
        kind=ImportKind.CUSTOMERS,
    ),
)
