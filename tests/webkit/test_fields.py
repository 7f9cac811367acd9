"""What the shared fields make of typed text."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from wtforms import PasswordField, StringField
from wtforms.fields.core import UnboundField

from salesoffice.core.errors import DomainError, FieldProblem
from salesoffice.infra.i18n import _l
from salesoffice.payments.enums import PaymentMethod
from salesoffice.webkit.fields import (
    AreaField,
    CountField,
    DateField,
    EnumField,
    PhoneField,
    YuanField,
    required,
)
from salesoffice.webkit.forms import BaseForm, fill_problem


def read(app: Flask, field: UnboundField, typed: str) -> tuple[Any, list[str], str]:
    """Return value, errors and shown text of one field after `typed` was sent."""

    class OneField(BaseForm):
        thing = field

    with app.test_request_context("/", method="POST", data={"thing": typed}):
        form = OneField()
        form.validate()
        return form.thing.data, [str(error) for error in form.thing.errors], form.thing()


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (YuanField(), "1,234.50", 123450),
        (YuanField(), " １２３４．５ ", 123450),
        (YuanField(allow_negative=True), "-0.01", -1),
        (AreaField(), "88.5", Decimal("88.50")),
        (CountField(), "12", 12),
        (DateField(), "2026-05-31", date(2026, 5, 31)),
        (DateField(), "2026/5/31", date(2026, 5, 31)),
        (PhoneField(), "138 0000 1234", "13800001234"),
        (EnumField(enum=PaymentMethod), "transfer", PaymentMethod.TRANSFER),
        (EnumField(enum=PaymentMethod, blank="-"), "", None),
        (StringField(), "  张\x00三 \r\n", "张三"),
        (PasswordField(), " secret ", " secret "),
    ],
)
def test_field_gives_typed_value(app: Flask, field: UnboundField, typed: str, value: object) -> None:
    data, errors, _shown = read(app, field, typed)

    assert (data, errors) == (value, [])


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (YuanField("", [required()]), "", "请填写此项。"),
        (AreaField(), "88.505", "请输入面积（m²），最多两位小数，例如 88.50。"),
        (AreaField(), "NaN", "请输入面积（m²），最多两位小数，例如 88.50。"),
        (AreaField(), "-1", "面积必须大于 0，请核对数字。"),
        (CountField(maximum=30), "31", "请输入 0 至 30 之间的数字。"),
        (CountField(), "9" * 40, "请输入整数，例如 12。"),
        (DateField(), "2026-02-30", "请按“年-月-日”输入日期，例如 2026-05-31。"),
        (DateField(), "0001-01-01", "日期超出范围，请核对年份。"),
        (EnumField(enum=PaymentMethod), "gold", "请从列表中选择一项。"),
        (EnumField(enum=PaymentMethod, members=[PaymentMethod.CASH]), "qr", "请从列表中选择一项。"),
    ],
)
def test_field_refuses_in_words_of_the_office(
    app: Flask, field: UnboundField, typed: str, message: str
) -> None:
    data, errors, _shown = read(app, field, typed)

    assert (data, errors[0]) == (None, message)


def test_field_keeps_what_was_typed_when_refused(app: Flask) -> None:
    _data, errors, shown = read(app, YuanField(), "about 5")

    assert len(errors) == 1
    assert 'value="about 5"' in shown


def test_fill_problem_puts_named_fields_on_fields_and_the_rest_on_top(app: Flask) -> None:
    class Deposit(BaseForm):
        deposit = YuanField(_l("Deposit"))

    problems = [FieldProblem("deposit", "too high"), FieldProblem("unit", "taken")]
    refusal = DomainError("not possible", code="unit_taken", errors=problems)

    with app.test_request_context("/", method="POST", data={"deposit": "5"}):
        form = Deposit()
        form.validate()
        fill_problem(form, refusal)

    assert form.deposit.errors == ["too high"]
    assert form.problem is not None
    assert (form.problem.message, form.problem.details) == ("not possible", ("taken",))
