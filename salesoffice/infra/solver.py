"""The optimiser: which small moves together have a wanted effect. Approximate by nature; who asks counts again exactly."""

from collections.abc import Sequence


def least_moves(
    effects: Sequence[float], wanted: float, lower: Sequence[float], upper: Sequence[float]
) -> tuple[float, ...]:
    """Return the moves with the least sum of squares for which Σ effect × move = `wanted`, each within its bounds.

    `wanted` must be within what the bounds allow; with no effect at all the moves nearest to zero are returned.
    """
    import numpy as np
    from scipy.optimize import minimize

    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    size = max((abs(effect) for effect in effects), default=0.0)
    start = np.clip(np.zeros(len(effects)), low, high)
    if not size:
        return tuple(float(move) for move in start)
    slopes = np.asarray(effects, dtype=float) / size
    found = minimize(
        lambda moves: float(moves @ moves) * SCALE,
        start,
        jac=lambda moves: 2 * SCALE * moves,
        bounds=list(zip(low, high, strict=True)),
        constraints={
            "type": "eq",
            "fun": lambda moves: float(slopes @ moves) - wanted / size,
            "jac": lambda _moves: slopes,
        },
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-12},
    )
    return tuple(float(move) for move in np.clip(found.x, low, high))


SCALE = 1000.0
"""Moves are hundredths: squared they would be too near to zero to tell a good answer from the best."""
