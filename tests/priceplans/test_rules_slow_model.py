"""The engine against an independent slow model on a thousand random plans."""

from collections import Counter
from random import Random

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from salesoffice.core.errors import DomainError
from salesoffice.priceplans.rules import PlanResult, compute_plan
from tests.priceplans.plans import Plan, draw_plan
from tests.priceplans.slow_model import SlowRefusal, SlowResult, count_slowly

PLANS = 1_000


KINDS = (
    "refused",
    "met",
    "too_low",
    "too_high",
    "lower",
    "upper",
    "off_step",
    "kept",
    "area_missing",
    "floor_unknown",
    "bounds_contradict",
)


def test_engine_and_slow_model_are_zero_fen_apart_on_1000_random_plans() -> None:
    seen: Counter[str] = Counter()

    @seed(20261123)
    @settings(max_examples=PLANS, deadline=None, database=None, phases=[Phase.generate])
    @given(st.randoms(use_true_random=True))
    def compare(random: Random) -> None:
        slow: SlowResult | str = ""
        while isinstance(slow, str):
            plan = draw_plan(random)
            quick, slow = count_quickly(plan), count(plan)
            assert quick == slow, plan
            seen.update(describe(slow))

    compare()

    assert seen["plans"] == PLANS
    assert min(seen[name] for name in KINDS) >= 5, seen


def describe(slow: SlowResult | str) -> set[str]:
    """Say what a plan has in it, so that a run without some kind of it would be noticed."""
    if isinstance(slow, str):
        return {"refused"}
    bounds = {row[4] for row in slow.rows if row[4] is not None}
    reasons = {reason for _unit, reason in slow.unpriced}
    lists = {name for name, found in (("off_step", slow.off_step), ("kept", slow.kept)) if found}
    return {"plans", slow.problem or "met"} | bounds | reasons | lists


def count(plan: Plan) -> SlowResult | str:
    """Count a plan slowly; the code of the refusal where it cannot be."""
    try:
        return count_slowly(plan)
    except SlowRefusal as refusal:
        return str(refusal)


def count_quickly(plan: Plan) -> SlowResult | str:
    """Count a plan with the engine, in the words of the slow model."""
    try:
        return translate(compute_plan(plan.terms, plan.factors, plan.adjustments, plan.units))
    except DomainError as refusal:
        return refusal.code


def translate(result: PlanResult) -> SlowResult:
    """Write the engine's result as the slow model's."""
    return SlowResult(
        rows=[(row.unit_id, row.unit_price, row.other_price, row.total, row.bound) for row in result.rows],
        kept=[(unit.unit_id, unit.unit_price, unit.total) for unit in result.kept],
        unpriced=[(unit.unit_id, unit.reason.value) for unit in result.unpriced],
        off_step=[unit.unit_id for unit in result.off_step],
        total=result.total,
        average=result.average,
        target_total=result.target_total,
        residual=result.residual,
        rounding_moved=result.rounding_moved,
        problem=None if result.target_problem is None else result.target_problem.value,
    )
