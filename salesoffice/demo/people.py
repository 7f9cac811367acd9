"""Invented people: names from common syllables, numbers that belong to nobody."""

from datetime import date, timedelta
from random import Random

from salesoffice.core.permissions import Role

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志强海燕晓东文博雨欣子涵浩然思远佳怡"

STAFF = (
    ("assistant", "林晓雯", Role.ASSISTANT),
    ("assistant2", "何嘉敏", Role.ASSISTANT),
    ("manager", "周志强", Role.MANAGER),
    ("finance", "郑丽华", Role.FINANCE),
    ("planner", "许文博", Role.PLANNER),
    ("executive", "梁建国", Role.EXECUTIVE),
    ("rep1", "陈思远", Role.REP),
    ("rep2", "黄雨欣", Role.REP),
    ("rep3", "吴浩然", Role.REP),
    ("rep4", "罗佳怡", Role.REP),
)
"""Sign-in name, name and role of the demonstration's people."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_NOWHERE = "990101"


def invent_name(random: Random) -> str:
    """Invent a name of two or three characters."""
    return random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2, 2))))


def invent_phone(number: int) -> str:
    """Build a mobile number from a block that is used in examples only."""
    return f"1380000{number:04d}"


def invent_certificate(random: Random, number: int) -> str:
    """Build an identity number that passes the check of GB 11643 but names an administrative code that does not exist."""
    born = date(1965, 1, 1) + timedelta(days=random.randrange(365 * 35))
    body = f"{_NOWHERE}{born:%Y%m%d}{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + _CHECK_DIGITS[total % 11]
