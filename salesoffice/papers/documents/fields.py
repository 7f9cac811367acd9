"""What a Word template may name, by kind of paper: the name, what it means, an example."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import LazyString

from salesoffice.core.errors import Text
from salesoffice.infra.i18n import _, _l
from salesoffice.papers.documents.printing import list_printed
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.rules import PaperData, Row, Value

HIDDEN = frozenset({"certificate_mark"})
"""Fields of rows that are kept with a paper and say nothing to people."""


@dataclass(frozen=True)
class Known:
    """A field that the data has: what it means, and an example as stored."""

    meaning: LazyString
    example: str


@dataclass(frozen=True)
class FieldLine:
    """A line of the field list: the name as a template writes it, its meaning and an example as printed."""

    name: str
    meaning: Text
    example: str
    is_list: bool = False


_OFFICE = {
    "project_name": Known(_l("Project"), "锦绣台"),
    "project_address": Known(_l("Address of the project"), "深圳市福田区锦绣路 1 号"),
    "project_phone": Known(_l("Telephone of the sales office"), "0755-88880000"),
    "seller": Known(_l("Seller"), "锦绣置业有限公司"),
    "permit_no": Known(_l("Pre-sale permit"), "深房许字（2026）福田 001 号"),
    "deal_no": Known(_l("Deal number"), "D000012"),
    "unit_code": Known(_l("Unit"), "1-A-1802"),
    "unit_place": Known(_l("Place of the unit"), "1栋 A座 1802"),
    "unit_usage": Known(_l("Usage"), "住宅"),
    "unit_type": Known(_l("Unit type"), "A1"),
    "orientation": Known(_l("Orientation"), "南"),
    "gross_area": Known(_l("Gross area"), "89.50"),
    "inner_area": Known(_l("Inner area"), "71.60"),
    "shared_area": Known(_l("Shared area"), "17.90"),
    "area_edition": Known(_l("Survey that the areas are from"), "presale"),
}
_PRICE = {
    "list_total_amount": Known(_l("List price"), "1,000,000.00"),
    "total_amount": Known(_l("Deal price"), "970,200.00"),
    "unit_price_amount": Known(_l("Unit price by gross area"), "10,840.22"),
    "deposit_amount": Known(_l("Deposit"), "50,000.00"),
    "plan_kind": Known(_l("Payment plan"), "mortgage"),
    "schedule_amount": Known(_l("Sum of the payment schedule"), "970,200.00"),
    "loan_amount": Known(_l("Loan"), "670,000.00"),
    "own_amount": Known(_l("Paid by the buyer"), "300,200.00"),
    "loan_bank": Known(_l("Bank"), "中国银行"),
    "loan_years": Known(_l("Years of the loan"), "30"),
}
_NUMBERS = {
    "agreement_no": Known(_l("Number of the subscription agreement"), "RG000012"),
    "contract_no": Known(_l("Contract number"), "HT-2026-0012"),
}
_SIGNED = {"signed_on": Known(_l("Signed on"), "2026-05-31")}
_CHANGE = {
    "change_no": Known(_l("Number of the change"), "BG000007"),
    "change_kind": Known(_l("Kind of change"), "extension"),
    "reason_code": Known(_l("Reason code"), "other"),
    "reason": Known(_l("Reason"), "客户出差"),
    "fault": Known(_l("Whose fault"), "nobody"),
    "attributed_on": Known(_l("Counts for the day"), "2026-05-31"),
    "entered_at": Known(_l("Entered at"), "2026-05-31 10:20"),
    "applicant": Known(_l("Applicant"), "王助理"),
    "effect_amount": Known(_l("Effect on the price"), "-10,000.00"),
    "floor_amount": Known(_l("Above the floor price"), "20,000.00"),
}

FIELDS: Mapping[PaperKind, Mapping[str, Known]] = MappingProxyType(
    {
        PaperKind.SUBSCRIPTION: {
            **_OFFICE, **_PRICE, **_SIGNED,
            "agreement_no": _NUMBERS["agreement_no"],
            "sign_by": Known(_l("Last day for signing the contract"), "2026-06-07"),
        },
        PaperKind.CONTRACT_SHEET: {
            **_OFFICE, **_PRICE, **_NUMBERS, **_SIGNED,
            "agreement_on": Known(_l("Day of the subscription agreement"), "2026-05-24"),
            "contract_area": Known(_l("Area in the contract"), "89.50"),
            "online_no": Known(_l("Number of the online signing"), "WQ00000012"),
            "online_on": Known(_l("Signed online on"), "2026-06-02"),
            "filing_no": Known(_l("Filing number"), "BA00000012"),
            "filed_on": Known(_l("Filed on"), "2026-06-12"),
        },
        PaperKind.PROVISIONAL_ORDER: {
            **_OFFICE, **_SIGNED,
            "order_no": Known(_l("Number of the provisional order"), "XD000003"),
            "list_total_amount": _PRICE["list_total_amount"],
            "order_amount": Known(_l("Amount of the order"), "5,000.00"),
            "valid_until": Known(_l("Valid until"), "2026-06-03 18:00"),
            "rep_name": Known(_l("Rep"), "李顾问"),
        },
        PaperKind.SUPPLEMENT: {**_OFFICE, **_NUMBERS, **_CHANGE, **_SIGNED},
        PaperKind.APPLICATION: {**_OFFICE, **_NUMBERS, **_CHANGE, **_SIGNED},
        PaperKind.APPROVAL: {
            **_OFFICE, **_NUMBERS, **_CHANGE, **_SIGNED,
            "approved_at": Known(_l("Approved at"), "2026-06-01 09:12"),
            "applied_at": Known(_l("Applied at"), "2026-06-01 09:12"),
        },
        PaperKind.NOTICE: {
            **_OFFICE, **_NUMBERS, **_CHANGE, **_SIGNED,
            "sign_by": Known(_l("Last day for signing the contract"), "2026-06-07"),
        },
        PaperKind.ENGINEERING_NOTICE: {
            **_OFFICE, **_NUMBERS,
            "notice_no": Known(_l("Number of the notice"), "SJ000002"),
            "notice_title": Known(_l("Title of the notice"), "小区入口调整"),
            "source": Known(_l("Based on"), "深规函〔2026〕18 号"),
            "decided_on": Known(_l("Decided on"), "2026-05-20"),
            "notify_days": Known(_l("Days for telling the buyers"), "10"),
            "notify_by_on": Known(_l("Buyers are told by"), "2026-05-30"),
            "answer_days": Known(_l("Days for answering"), "15"),
        },
    }
)  # fmt: skip
"""Fields that are one text. Kinds of papers that are not here have no Word template."""

_BUYERS = {
    "name": Known(_l("Name"), "张三"),
    "sex": Known(_l("Sex"), "male"),
    "certificate_kind": Known(_l("Certificate"), "identity_card"),
    "certificate_no": Known(_l("Certificate number"), "110101199003070011"),
    "phone": Known(_l("Phone"), "13800001234"),
    "address": Known(_l("Address"), "深圳市南山区科技路 2 号"),
    "share": Known(_l("Share"), "50%"),
}
_STEPS = {
    "name": Known(_l("Name of the discount"), "开盘 98 折"),
    "discount_kind": Known(_l("Discount kind"), "percentage"),
    "value": Known(_l("Value"), "98.00%"),
    "before_amount": Known(_l("Price before"), "1,000,000.00"),
    "after_amount": Known(_l("Price after"), "980,000.00"),
}
_ACCESSORIES = {
    "unit_code": Known(_l("Unit"), "B1-P-012"),
    "accessory_amount": Known(_l("Price of the accessory"), "150,000.00"),
}
_INSTALMENTS = {
    "instalment_kind": Known(_l("For"), "deposit"),
    "due_on": Known(_l("Due day"), "2026-05-31"),
    "due_amount": Known(_l("Amount"), "50,000.00"),
}
_COMPARISON = {
    "name": Known(_l("What changes"), "签约期限"),
    "old": Known(_l("Before the change"), "2026-06-07"),
    "new": Known(_l("After the change"), "2026-06-14"),
}
_CHAIN = {
    "step": Known(_l("Step"), "1"),
    "task_title": Known(_l("Title of the step"), "案场经理审批"),
    "role": Known(_l("Role"), "manager"),
    "task_state": Known(_l("Decision"), "approved"),
    "decided_by": Known(_l("Decided by"), "赵经理"),
    "stood_in_for": Known(_l("Stood in for"), ""),
    "decided_at": Known(_l("Decided at"), "2026-06-01 09:12"),
    "comment": Known(_l("Comment"), "同意"),
}
_SALE_LISTS = {
    "buyers": _BUYERS, "steps": _STEPS, "accessories": _ACCESSORIES, "instalments": _INSTALMENTS,
}  # fmt: skip
LISTS: Mapping[PaperKind, Mapping[str, Mapping[str, Known]]] = MappingProxyType(
    {
        PaperKind.SUBSCRIPTION: _SALE_LISTS,
        PaperKind.CONTRACT_SHEET: _SALE_LISTS,
        PaperKind.PROVISIONAL_ORDER: {"buyers": _BUYERS},
        PaperKind.SUPPLEMENT: {"buyers": _BUYERS, "comparison": _COMPARISON},
        PaperKind.APPLICATION: {"buyers": _BUYERS, "comparison": _COMPARISON},
        PaperKind.APPROVAL: {"buyers": _BUYERS, "comparison": _COMPARISON, "chain": _CHAIN},
        PaperKind.NOTICE: {"buyers": _BUYERS, "comparison": _COMPARISON},
        PaperKind.ENGINEERING_NOTICE: {"buyers": _BUYERS},
    }
)
"""Fields that are rows, with what each row has."""

_CLAUSES = Known(_l("Typed clauses, one on each line"), "双方同意将签约期限延至 2026 年 6 月 14 日。")
_ATTACHMENTS = Known(_l("Names of the attached papers"), "延期申请.pdf")
TEXT_LISTS: Mapping[PaperKind, Mapping[str, Known]] = MappingProxyType(
    {
        PaperKind.SUPPLEMENT: {"clauses": _CLAUSES, "attachments": _ATTACHMENTS},
        PaperKind.APPLICATION: {"clauses": _CLAUSES, "attachments": _ATTACHMENTS},
        PaperKind.APPROVAL: {"attachments": _ATTACHMENTS},
        PaperKind.NOTICE: {"clauses": _CLAUSES, "attachments": _ATTACHMENTS},
        PaperKind.ENGINEERING_NOTICE: {
            "paragraphs": Known(
                _l("Words of the notice, paragraph by paragraph"), "小区东入口改至锦绣路一侧。"
            )
        },
    }
)
"""Fields that are lists of texts."""

LIST_NAMES: Mapping[str, LazyString] = MappingProxyType(
    {
        "buyers": _l("Buyers"),
        "steps": _l("Discounts"),
        "accessories": _l("Accessories"),
        "instalments": _l("Payment schedule"),
        "comparison": _l("Old and new values of the change"),
        "chain": _l("Steps of the approval"),
    }
)
_ADDED: Mapping[str, LazyString] = MappingProxyType(
    {
        "title": _l("Title of the paper"),
        "number": _l("Number of the paper"),
        "edition": _l("Edition"),
        "edition_words": _l("Edition in words"),
        "position": _l("Number of the row"),
    }
)


def build_sample(kind: PaperKind) -> PaperData:
    """Build the data of an invented paper of a kind, with two rows in each list."""
    fields: dict[str, Value] = {name: known.example for name, known in FIELDS[kind].items()}
    for name, row in LISTS[kind].items():
        one: Row = {key: known.example for key, known in row.items()}
        fields[name] = [one, one]
    for name, known in TEXT_LISTS.get(kind, {}).items():
        fields[name] = [known.example, known.example]
    title = str(kind.label)
    return PaperData(kind, 0, None, "samples", 0, "RG000012", 1, title, fields)


def list_fields(kind: PaperKind) -> list[FieldLine]:
    """List every name that a template of a kind may use; rows of lists as `buyers.name`, the list itself before them."""
    lines: list[FieldLine] = []
    for name, value in list_printed(build_sample(kind)).items():
        if isinstance(value, str):
            lines.append(FieldLine(name, _tell(name, FIELDS[kind]), value))
    for name, value in list_printed(build_sample(kind)).items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            lines += _list_rows(kind, name, value)
    return lines


def _list_rows(kind: PaperKind, name: str, rows: Sequence[object]) -> list[FieldLine]:
    known = TEXT_LISTS.get(kind, {}).get(name)
    if known is not None:
        return [FieldLine(name, known.meaning, known.example, is_list=True)]
    row = rows[0] if isinstance(rows[0], Mapping) else {}
    return [
        FieldLine(name, LIST_NAMES[name], "", is_list=True),
        *(FieldLine(f"{name}.{key}", _tell(key, LISTS[kind][name]), str(item)) for key, item in row.items()),
    ]


def _tell(name: str, known: Mapping[str, Known]) -> Text:
    for ending, words in (("_capitals", _l("in capitals")), ("_words", _l("in words"))):
        base = name.removesuffix(ending)
        if name.endswith(ending) and base in known:
            return _("%(field)s, %(how)s", field=known[base].meaning, how=words)
    return known[name].meaning if name in known else _ADDED[name]
