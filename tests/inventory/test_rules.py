"""What a usage counts as, and whether areas agree."""

from decimal import Decimal

import pytest

from salesoffice.inventory.enums import Product
from salesoffice.inventory.rules import is_area_sum_right, product_of_usage


@pytest.mark.parametrize(
    ("usage", "product"),
    [
        ("住宅", Product.RESIDENTIAL), ("公寓", Product.RESIDENTIAL), ("商务公寓", Product.RESIDENTIAL),
        ("商业", Product.COMMERCIAL), ("商铺", Product.COMMERCIAL), ("办公", Product.OFFICE),
        ("商务写字楼", Product.OFFICE), ("储藏室", Product.STORAGE), ("储物间", Product.STORAGE),
        ("车位", Product.PARKING), ("地下车库", Product.PARKING), ("", Product.RESIDENTIAL),
    ],
)  # fmt: skip
def test_usage_counts_as_a_product(usage: str, product: Product) -> None:
    assert product_of_usage(usage) is product


def test_areas_agree_to_a_hundredth() -> None:
    gross, inner = Decimal("90.00"), Decimal("72.00")

    agreed = [
        is_area_sum_right(gross, inner, Decimal(shared)) for shared in ("18.00", "18.01", "17.99", "18.02")
    ]

    assert agreed == [True, True, True, False]
    assert is_area_sum_right(gross, None, Decimal(1))
