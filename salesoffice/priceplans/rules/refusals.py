"""Plans that cannot be counted, and what to change in them."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.rules.terms import Factor


class BaseNotPositive(DomainError):
    """The base that the target asks for is zero or less; `base` is fen per m², rounded."""

    def __init__(self, base: int) -> None:
        message = _l(
            "The base price would be %(base)s yuan. Lower the differences or raise the target.",
            base=format_yuan(base),
        )
        super().__init__(message, code="base_not_positive", status=422, base=base)


class PriceNotPositive(DomainError):
    """The factors leave nothing of a unit's price."""

    def __init__(self, unit_code: str) -> None:
        message = _l(
            "The price of %(code)s would be zero or less. Make the deductions for it smaller or set a lowest price.",
            code=unit_code,
        )
        super().__init__(message, code="price_not_positive", status=422, unit=unit_code)


class FactorInvalid(DomainError):
    """A line of a factor table says something impossible."""

    def __init__(self, factor: Factor) -> None:
        message = _l(
            "%(kind)s “%(key)s”: a coefficient must be above 0, a floor step needs the number of a floor.",
            kind=factor.kind.label,
            key=factor.key,
        )
        super().__init__(message, code="factor_invalid", status=422, kind=factor.kind.value, key=factor.key)


class FactorTwice(DomainError):
    """Two lines of a factor table are for the same thing."""

    def __init__(self, factor: Factor) -> None:
        message = _l(
            "%(kind)s “%(key)s” stands twice. Delete one of the two lines.",
            kind=factor.kind.label,
            key=factor.key,
        )
        super().__init__(message, code="factor_twice", status=422, kind=factor.kind.value, key=factor.key)


class FloorStepsTooLarge(DomainError):
    """The coefficients of the floor steps add up to nothing or less on a floor."""

    def __init__(self, floor: str) -> None:
        message = _l(
            "The floor steps leave nothing on floor %(floor)s. Make the coefficients of the steps smaller.",
            floor=floor,
        )
        super().__init__(
            message, code="floor_steps_too_large", status=422, kind=FactorKind.FLOOR_STEP.value, floor=floor
        )


class PlanWithoutPrice(DomainError):
    """A plan has neither a target nor a base price."""

    def __init__(self) -> None:
        message = _l("Enter a target average or a base price.")
        super().__init__(message, code="plan_without_price", status=422)
