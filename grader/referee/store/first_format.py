"""Records of the store's first format, in which metrics and validation were part of a recipe.

They are read, so that ``grader runs`` lists, shows and prunes them. No recipe of today has their
keys: what they hold is trained again when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_OBSERVED = ("metrics", "weighted_metrics")


def converted(record: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a ``record.json`` of format 1 as format 2 has it; its logs stay as they are.

    Raises:
        ValueError: it is no such record.
    """
    try:
        recipe = record["recipe"]
        fits = [_fit(fit) for fit in recipe["fits"]]
        return {**record, "format": 2, "recipe": {**recipe, "fits": fits}}
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no record of an epoch: {type(error).__name__} {error!s:.80}") from error


def _fit(fit: Mapping[str, Any]) -> dict[str, Any]:
    compiled = json.loads(fit["compiled"])
    trained = {name: value for name, value in compiled.items() if name not in _OBSERVED}
    left = {name: value for name, value in fit.items() if name != "validation"}
    if len(trained) == len(compiled):
        return left
    text = json.dumps(trained, sort_keys=True, separators=(",", ":"))
    return left | {"compiled": text}
