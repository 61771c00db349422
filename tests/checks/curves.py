"""Accuracies after each epoch: ``python -m benchmarks.seeds > tests/checks/curves.jsonl``."""

from __future__ import annotations

import json
from pathlib import Path

_LINES = Path(__file__).with_name("curves.jsonl").read_text().splitlines()
# Filters, units and seed of a network, and its curve.
CURVES: dict[tuple[int, int, int], list[float]] = {
    (curve["filters"], curve["units"], curve["seed"]): curve["accuracies"]
    for curve in map(json.loads, _LINES)
}
