"""Groups of texts that are nearly the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def near(texts: Sequence[str], least: float) -> list[tuple[list[str], float]]:
    """Groups in which any two texts are alike, with the similarity of the least similar pair.

    The time rises with the square of their number, and of their length.

    Args:
        texts: all different.
        least: the similarity, from 0 to 1, from which two of them are alike.
    """
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import cdist
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(texts) < 2:
        return []
    # Texts that are less alike count as not alike at all, which is found out in much less time.
    similarity = cdist(texts, texts, scorer=ratio, score_cutoff=100 * least, dtype="float64") / 100
    apart = squareform(1 - similarity, checks=False)
    numbers = fcluster(linkage(apart, "complete"), 1 - least, "distance")
    groups: dict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        groups[int(number)].append(place)
    return [
        ([texts[place] for place in places], float(similarity[places][:, places].min()))
        for places in groups.values()
        if len(places) > 1
    ]
