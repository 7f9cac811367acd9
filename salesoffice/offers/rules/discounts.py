"""Which discounts may be given together, in which order, how much they take off, and who may give so much."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, Text
from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission, Role
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountInvalid, DiscountStep, apply_discounts

MAX_SCHEMES = 6
"""So many schemes fit on one agreement beside what is typed freely."""

_HUNDRED = Decimal(100)


class SchemeNotUsable(DomainError):
    """A discount scheme cannot be given here and now; the message names it and says why."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(
            message, code="scheme_not_usable", status=422, errors=[FieldProblem("scheme_ids", message)]
        )


class DiscountNotAllowed(DomainError):
    """All discounts together are more than the person may give; the message says who may."""

    def __init__(self, rate: Decimal, limit: Decimal, others: Sequence[Text]) -> None:
        message = _l(
            "The discounts come to %(rate)s %% of the list price; you may give %(limit)s %%. Ask for an offer with"
            " this discount, made by: %(others)s.",
            rate=_show_percent(rate),
            limit=_show_percent(limit),
            others=_Joined(others),
        )
        super().__init__(message, code="discount_not_allowed", rate=str(rate), limit=str(limit))


class _Joined:
    """Names joined when they are shown, each in the reader's language."""

    def __init__(self, names: Sequence[Text]) -> None:
        self.names = names

    def __str__(self) -> str:
        return "、".join(str(name) for name in self.names)


@dataclass(frozen=True)
class Scheme:
    """A discount scheme; `value` by kind as in `DiscountStep`, `cap` the most it takes off (fen), days inclusive.

    Empty `plan_kinds` go with every payment plan.
    """

    id: int
    name: str
    kind: DiscountKind
    value: Decimal
    position: int
    valid_from: date
    valid_until: date | None = None
    cap: int | None = None
    is_stackable: bool = True
    is_active: bool = True
    plan_kinds: frozenset[PlanKind] = frozenset()


def is_usable(scheme: Scheme, *, plan: PlanKind | None, on: date) -> bool:
    """Tell whether a scheme can be given on a business day, with a payment plan if one is named."""
    return _find_obstacle(scheme, plan, on) is None


def choose_steps(
    schemes: Collection[Scheme], *, plan: PlanKind | None, on: date, list_total: int, area: Decimal | None
) -> tuple[DiscountStep, ...]:
    """Put schemes into their order (position, then id) as discount steps of a list total (fen).

    Without a `plan` it is not looked at. A scheme that would take off more than its cap becomes a fixed amount of the cap. `area` is the area the price is
    counted by (m²). Refused by name with SchemeNotUsable: closed, not valid on the day, another payment plan, one that
    stands alone among others, too many; and what apply_discounts refuses.
    """
    ordered = sorted(schemes, key=lambda scheme: (scheme.position, scheme.id))
    for scheme in ordered:
        obstacle = _find_obstacle(scheme, plan, on)
        if obstacle is not None:
            raise SchemeNotUsable(obstacle)
    _check_company(ordered)
    if area is None and any(scheme.kind is DiscountKind.PER_AREA for scheme in ordered):
        raise DiscountInvalid(_l("The area of this unit is not known, so nothing can be taken off per m²."))
    steps: list[DiscountStep] = []
    for scheme in ordered:
        step = DiscountStep(scheme.kind, scheme.value, scheme.name)
        last = apply_discounts(list_total, area or Decimal(0), [*steps, step])[-1]
        if scheme.cap is not None and last.before - last.after > scheme.cap:
            step = DiscountStep(DiscountKind.AMOUNT, Decimal(scheme.cap), scheme.name)
        steps.append(step)
    return tuple(steps)


def discount_rate(list_total: int, total: int) -> Decimal:
    """Return what was taken off as a share of the list price (0.03 = 3 %), exact."""
    return Decimal(list_total - total) / Decimal(list_total)


def allowed_rate(roles: Iterable[Role], limits: Mapping[Role, Decimal]) -> Decimal | None:
    """Return the largest discount (share of the list price) that a person of these roles may give, None for no limit.

    Only roles that may make offers count; one of them without a limit has none. Without any of them: zero.
    """
    rates = [limits.get(role) for role in roles if _may_offer(role)]
    known = [rate for rate in rates if rate is not None]
    return None if len(known) < len(rates) else max(known, default=Decimal(0))


def check_authority(
    list_total: int,
    total: int,
    *,
    roles: Collection[Role],
    limits: Mapping[Role, Decimal],
    labels: Mapping[Role, LazyString],
) -> None:
    """Refuse with DiscountNotAllowed more discount than the roles may give; it names (by `labels`) who may."""
    limit, rate = allowed_rate(roles, limits), discount_rate(list_total, total)
    if limit is None or rate <= limit:
        return
    others = [role for role in Role if _may_offer(role) and _reaches(limits.get(role), rate)]
    named = [role for role in others if role is not Role.ADMIN] or others
    raise DiscountNotAllowed(rate, limit, [labels[role] for role in named])


def _find_obstacle(scheme: Scheme, plan: PlanKind | None, on: date) -> LazyString | None:
    if not scheme.is_active:
        return _l("The discount “%(name)s” is closed.", name=scheme.name)
    if on < scheme.valid_from:
        return _l("The discount “%(name)s” begins on %(day)s.", name=scheme.name, day=scheme.valid_from)
    if scheme.valid_until is not None and on > scheme.valid_until:
        return _l("The discount “%(name)s” ended on %(day)s.", name=scheme.name, day=scheme.valid_until)
    if plan is not None and scheme.plan_kinds and plan not in scheme.plan_kinds:
        return _l("The discount “%(name)s” does not go with this payment plan.", name=scheme.name)
    return None


def _check_company(schemes: Sequence[Scheme]) -> None:
    alone = [scheme for scheme in schemes if not scheme.is_stackable]
    if alone and len(schemes) > 1:
        raise SchemeNotUsable(
            _l("The discount “%(name)s” cannot be combined with others.", name=alone[0].name)
        )
    if len(schemes) > MAX_SCHEMES:
        raise SchemeNotUsable(_l("At most %(count)s discount schemes are possible.", count=MAX_SCHEMES))


def _may_offer(role: Role) -> bool:
    return Permission.OFFER_MAKE in ROLE_PERMISSIONS[role]


def _reaches(limit: Decimal | None, rate: Decimal) -> bool:
    return limit is None or rate <= limit


def _show_percent(rate: Decimal) -> str:
    return f"{rate * _HUNDRED:.2f}"
