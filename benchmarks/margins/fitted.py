"""How probable a miss is, by a normal distribution fitted to a few trainings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LEAST = 3  # trainings that a deviation is estimated from
_DRAWS = 200_000


@dataclass(frozen=True)
class Miss:
    """Two probabilities of a miss.

    Attributes:
        fitted: as if mean and deviation of the trainings were those of all trainings.
        predicted: with what so few trainings leave open about both; it falls as they get more.
    """

    fitted: float
    predicted: float


def miss(
    values: Sequence[float],
    limit: float,
    tries: int = 1,
    *,
    near: float = math.inf,
    least: float = 0.0,
) -> Miss | None:
    """The probability that a value is above ``limit`` in each of ``tries`` trainings.

    The values are taken for draws from a normal distribution of which nothing is known. Its mean
    and variance are drawn from what the values leave open (the prior is flat in the mean and in
    the logarithm of the deviation), and the probability is averaged over these draws; for one try
    that is Student's t distribution.

    Args:
        values: one of each training, on a scale on which a normal distribution makes sense.
        limit: above it a training misses.
        tries: trainings with different seeds that must all miss.
        near: a first training above it is tried with no other seed.
        least: the least deviation, where values are rounded.

    Returns:
        None for fewer than ``LEAST`` values, or where they do not differ and ``least`` is 0.
    """
    import numpy as np
    from scipy.stats import norm

    count = len(values)
    if count < LEAST:
        return None
    mean, deviation = float(np.mean(values)), max(float(np.std(values, ddof=1)), least)
    if not deviation > 0:
        return None
    draw = np.random.default_rng(0)
    deviations = deviation * np.sqrt((count - 1) / draw.chisquare(count - 1, _DRAWS))
    means = draw.normal(mean, deviations / math.sqrt(count))

    def missed(mean: Any, deviation: Any) -> Any:
        once, far = (norm.sf((bound - mean) / deviation) for bound in (limit, near))
        return far + (once - far) * once ** (tries - 1)

    return Miss(float(missed(mean, deviation)), float(np.mean(missed(means, deviations))))
