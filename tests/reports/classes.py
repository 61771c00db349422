"""Made-up classes of any size, the same each time, for what only draws and counts."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from grader.model import Claim, Graded, Outcome, Run, Timing, Verdict, WorkPart
from grader.reports.class_report.content import ClassReport, Entry

CLAIMS = tuple(
    Claim(name, points, f"`{name}` does what it should.", f"Look at `{name}` again.", (name,))
    for name, points in (
        ("prepared_images", 2), ("one_convolution", 2), ("one_max_pooling", 2),
        ("stops_at_target", 3), ("fewer_than_20_epochs", 2), ("reaches_998", 3),
    )
)  # fmt: skip
WHEN = datetime(2030, 1, 31, 12, tzinfo=UTC)
CODE = """
def build_model():
    model = keras.Sequential([keras.layers.Conv2D({}, 3), keras.layers.MaxPooling2D()])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    for {} in range({}):
        print("{}")
    return model
"""


def run(weights: int, epochs: int, stopped: bool = True, key: str = "") -> Run:
    """A training that comes nearer to 1 each epoch; wide networks sooner."""
    speed = 0.75 - 0.05 * min(len(str(weights)), 8)
    logs = tuple(
        {"accuracy": 1 - 0.06 * speed**number, "loss": 0.2 / number + weights / 1e9}
        for number in range(1, epochs + 1)
    )
    return Run(
        *(key or f"{weights:x}-{epochs}", logs, (epochs,), ("StopAtTarget",), 19, stopped, True),
        *(0.998, 0.987, weights, 20.0 * epochs, "2 CPU cores", epochs // 2),
    )


def made_up(size: int, trained: bool = True, target: float | None = 0.998) -> ClassReport:
    """A class of ``size`` graded submissions, and some that are not."""
    chance = random.Random(size)
    entries = tuple(_entry(chance, f"student{n:03}", trained) for n in range(1, size + 1))
    left_out = (("zoe", "zoe's work is a symbolic link: expected an ordinary file"),)
    return ClassReport("mnist_998", CLAIMS, 19, target, entries, left_out, WHEN)


def _entry(chance: random.Random, student: str, trained: bool) -> Entry:
    outcomes = chance.choices([*Outcome], (80, 12, 3, 1, 3, 0.3), k=len(CLAIMS))
    verdicts = tuple(
        Verdict(claim.name, outcome, claim.points, _message(chance, outcome), chance.random())
        for claim, outcome in zip(CLAIMS, outcomes, strict=True)
    )
    weights = 10 * chance.choice([173_000, 277_236, 34_000, 5_400, chance.randint(1000, 300_000)])
    runs = (run(weights, chance.randint(3, 14), chance.random() < 0.8),) if trained else ()
    waited = chance.expovariate(1 / 60) if trained else 0.0
    timings = (Timing(WorkPart.REFEREE_WAIT, waited, 0.0), Timing(WorkPart.EXAMINING, 2.0, 1.0))
    seconds = waited + chance.uniform(9, 14)
    graded = Graded(
        student, "mnist_998", verdicts, (), seconds, "bubblewrap", timings, "", "", runs
    )
    score = sum(verdict.score or 0.0 for verdict in verdicts)
    waiting = ("written_answer",) if chance.random() < 0.2 else ()
    code = CODE.format(chance.randint(8, 64), student, chance.random(), "x" * chance.randint(0, 60))
    return Entry(graded, score, 0.0 if waiting else 4.0, score + 4.0, waiting, (code,))


def _message(chance: random.Random, outcome: Outcome) -> str:
    if outcome is Outcome.PASSED:
        return ""
    if chance.random() < 0.6:
        return f"The best of {chance.randint(3, 19)} epochs had {chance.random():.4f}, too little."
    return f"It ended with {chance.choice(['NameError', 'TypeError', 'ValueError', 'KeyError'])}."
