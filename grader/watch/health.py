"""The service's health, for people and programs: as JSON, and in Prometheus' format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from grader.watch.answers import Outcome

STALE_SECONDS = 120.0  # without a step: recording a submission, or collecting a class, takes less


@dataclass(frozen=True)
class Health:
    """What the service counts.

    Attributes:
        time: of the last step, in seconds since 1970.
        waiting: versions that wait to be tested.
        oldest_waiting_seconds: how long the first of them has waited.
        testing: versions that are being tested.
        ungraded: versions that have a page and are to be graded in full.
        unpublished: pages and results that could not be published or recorded so far.
        answers: answers since the start, by their outcome.
        recorded: submissions written into the gradebook since the start.
        faults: how often the grader itself failed since the start.
        referee: whether the referee answers; None where none is needed, or has been asked yet.
    """

    time: float
    waiting: int
    oldest_waiting_seconds: float
    testing: int
    ungraded: int
    unpublished: int
    answers: Mapping[Outcome, int]
    recorded: int
    faults: int
    referee: bool | None = None

    def alive(self, now: float) -> bool:
        """Whether the service steps on, and its referee answers."""
        return now - self.time < STALE_SECONDS and self.referee is not False


def as_json(health: Health, now: float) -> str:
    """One JSON object."""
    facts = asdict(health) | {"alive": health.alive(now)}
    return json.dumps(facts, indent=1) + "\n"


def as_prometheus(health: Health, now: float) -> str:
    """Prometheus' text format."""
    from prometheus_client import (
        CollectorRegistry,
        Counter,
        Gauge,
        disable_created_metrics,
        generate_latest,
    )

    # Else there would be series with the time of this request.
    disable_created_metrics()  # type: ignore[no-untyped-call]

    registry = CollectorRegistry()
    gauges = {
        "waiting": ("Versions that wait to be tested.", health.waiting),
        "oldest_waiting_seconds": (
            "How long the first of them has waited.",
            health.oldest_waiting_seconds,
        ),
        "testing": ("Versions that are being tested.", health.testing),
        "ungraded": ("Versions with a page, to be graded in full.", health.ungraded),
        "unpublished": ("What could not be published or recorded so far.", health.unpublished),
        "last_step_timestamp_seconds": ("When the service stepped last.", health.time),
        "alive": ("1 if the service steps on and its referee answers.", health.alive(now)),
    }
    if health.referee is not None:
        gauges["referee_alive"] = ("1 if the referee answers.", health.referee)
    for name, (text, value) in gauges.items():
        Gauge(f"grader_watch_{name}", text, registry=registry).set(float(value))
    answers = Counter(
        "grader_watch_answers", "Answers, by outcome.", ["outcome"], registry=registry
    )
    for outcome, count in health.answers.items():
        answers.labels(outcome).inc(count)
    for name, text, count in (
        ("recorded", "Submissions written into the gradebook.", health.recorded),
        ("faults", "How often the grader itself failed.", health.faults),
    ):
        Counter(f"grader_watch_{name}", text, registry=registry).inc(count)
    return generate_latest(registry).decode()
