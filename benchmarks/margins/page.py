"""Writes the margins and the table of networks into ``docs/grading.md``, between two markers."""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import marked_page
from benchmarks.margins import claims
from benchmarks.margins.claims import Groups, Margin
from benchmarks.margins.networks import BACKENDS, CNN, DNN, HUNDRED, MARGINS, SEEDS
from benchmarks.margins.results import Result
from benchmarks.margins.train import EPOCHS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "grading.md"
CURVES = ROOT / "tests" / "checks" / "curves.jsonl"
BEGIN = "<!-- margins: begin; written by `python -m benchmarks.margins --page-only` -->"
END = "<!-- margins: end -->"
WANTED = 0.001  # a right solution may miss once in a thousand trainings


def write(results: Sequence[Result], page: Path = PAGE) -> None:
    """Write what was measured into the page; raises ``BenchError`` where it has no markers."""
    marked_page.write(page, BEGIN, END, content(results))


def content(results: Sequence[Result]) -> str:
    """All that stands between the markers."""
    groups = claims.grouped(results)
    parts = (_counted, _margins, _missing, _networks)
    return "\n\n".join(text for part in parts if (text := part(groups)))


def earlier_curves() -> tuple[Result, ...]:
    """The curves of ``benchmarks.seeds``, by Keras' own fit, without what they do not tell."""
    lines = [json.loads(line) for line in CURVES.read_text().splitlines()]
    return tuple(
        Result(
            dataset="mnist",
            network=f"{line['filters']} filters 3x3, Dense {line['units']}, adam, "
            f"batch {line['batch_size']}",
            backend="Keras' fit",
            seed=line["seed"],
            curve=tuple(line["accuracies"]),
            test_accuracy=float("nan"),
            seconds=0.0,
            device="",
            environment={},
            grader="",
            commit="",
        )
        for line in lines
    )


def _counted(groups: Groups) -> str:
    backends = sorted({backend for _, _, backend in groups})
    counts = [
        f"{sum(len(some) for key, some in groups.items() if key[2] == backend)} by {backend}"
        for backend in backends
    ]
    devices = sorted({result.device for some in groups.values() for result in some})
    total = sum(map(len, groups.values()))
    return (
        f"Measured: {total} trainings on all 60,000 images ({', '.join(counts) or 'none'}), "
        f"on {', '.join(devices) or 'no device yet'}."
    )


def _margins(groups: Groups) -> str:
    """A table for each threshold."""
    names = [network.name for network in MARGINS if network.dataset == "mnist"]
    order = {name: place for place, name in enumerate([*names, CNN.name])}
    found = sorted(
        claims.margins(groups, names), key=lambda each: (each.claim, order[each.network])
    )
    head = ("network", "backend", "n", "best", "median", "worst", "missed", "fitted", "predicted")
    parts = [
        f"{claim}: {some[0].limit}.\n\n{_table(head, map(_margin, some))}"
        for claim, margins in itertools.groupby(found, key=lambda each: each.claim)
        if (some := list(margins))
    ]
    return "\n\n".join(parts)


def _margin(margin: Margin) -> list[str]:
    miss = margin.miss
    return [
        margin.network,
        margin.backend,
        str(len(margin.values)),
        margin.best,
        margin.median,
        margin.worst,
        str(margin.missed),
        "" if miss is None else probability(miss.fitted),
        "" if miss is None else probability(miss.predicted),
    ]


def probability(value: float) -> str:
    """As "1 in N", in bold where that is more often than wanted."""
    if value < 1e-6:
        return "< 1 in a million"
    text = f"1 in {round(1 / value, -max(0, len(str(int(1 / value))) - 2)):,.0f}"
    return f"**{text}**" if value > WANTED else text


def _missing(groups: Groups) -> str:
    """How far each backend is from ``SEEDS`` trainings of each network."""
    lines = []
    for backend in BACKENDS:
        there = [
            min(SEEDS, len(groups.get((network.dataset, network.name, backend), ())))
            for network in MARGINS
        ]
        lines.append(f"{backend} {sum(there)} of {SEEDS * len(MARGINS)}")
    return f"Of {SEEDS} seeds of each of these {len(MARGINS)} networks there are: " + (
        ", ".join(lines) + f". `cnn_beats_dnn` compares with {DNN.name}."
    )


def _networks(groups: Groups) -> str:
    """A row for each network of ``mnist_998``'s kind that was measured, the cheapest first."""
    work = {network.name: network.work for network in (*HUNDRED, *MARGINS)}
    every = {**groups, **claims.grouped(earlier_curves())}
    rows = [
        (work.get(network, 0), _network(network, backend, some))
        for (dataset, network, backend), some in every.items()
        if dataset == "mnist"
    ]
    measured = {network.name for network in HUNDRED} & {network for _, network, _ in groups}
    head = ("network", "backend", "seeds", "reached", "in epochs", "best accuracy", "on test")
    table = _table(head, [row for _, row in sorted(rows)])
    return f"Of the 100 networks, {len(measured)} are measured.\n\n{table}"


def _network(network: str, backend: str, some: Sequence[Result]) -> list[str]:
    hits = sorted(hit for result in some if (hit := claims.reached(result)) is not None)
    epochs = "" if not hits else f"{hits[0]}" if hits[0] == hits[-1] else f"{hits[0]} to {hits[-1]}"
    tested = [result.test_accuracy for result in some if result.test_accuracy > 0]  # NaN: not told
    return [
        network,
        backend,
        str(len(some)),
        str(len(hits)),
        epochs or f"not in {EPOCHS['mnist']}",
        f"{statistics.median(max(result.curve) for result in some):.4f}",
        f"{statistics.median(tested):.4f}" if tested else "",
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
