"""The same work gets the same verdicts: in five gradings, with one worker and all, everywhere.

What takes hours is for ``make test-all``; ``python -m tests.stability`` does the same in parts.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests import slices, stability
from tests.conftest import ROOT
from tests.stability import Grading, Seen

EXERCISES = tuple(sorted(folder.name for folder in stability.SAMPLES.iterdir()))
GRADING = Grading("mnist_998", "jax", "one", 1)
REPEAT = 5


def seen(outcome: str, grading: Grading = GRADING, message: str = "It is #.") -> Seen:
    return Seen(grading, "network_too_small", "reaches_998", outcome, message)


@pytest.mark.kernel
@pytest.mark.keras
@pytest.mark.training
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.usefixtures("judges_with_keras")
@pytest.mark.parametrize("workers", stability.WORKERS)
@pytest.mark.parametrize("backend", stability.BACKENDS)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_samples_get_their_verdicts_each_time(
    exercise: str, backend: str, workers: str, tmp_path: Path
) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    if backend not in stability.backends(exercise):
        pytest.skip(f"{exercise} trains nothing: one backend is enough")
    data = tmp_path / "slices"
    data.mkdir()
    data.chmod(0o755)  # student code may run as nobody
    slices.write_slices(ROOT / "data", data)
    found: list[Seen] = []
    for repetition in range(1, REPEAT + 1):
        folder = tmp_path / str(repetition)
        folder.mkdir()
        grading = Grading(exercise, backend, workers, repetition)
        for claims in stability.graded(grading, stability.names(exercise), data, folder):
            found += claims
    assert {each.sample for each in found} == set(stability.names(exercise))
    assert stability.differences(found) == []


def test_a_verdict_that_is_not_the_samples_is_told() -> None:
    other = Grading("mnist_998", "torch", "all", 2)
    assert stability.differences([seen("failed"), seen("failed", other)]) == []
    (line,) = stability.differences([seen("failed"), seen("passed", other), seen("failed", other)])
    assert line == (
        "mnist_998/network_too_small: reaches_998: expected failed; of 3 times: torch all passed 1"
    )


def test_a_message_that_varies_is_told() -> None:
    assert stability.messages_vary([seen("failed"), seen("failed")]) == []
    (line,) = stability.messages_vary([seen("failed"), seen("failed", message="None.")])
    assert line == "mnist_998/network_too_small: reaches_998: It is #. | None."


def test_what_was_seen_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "seen.jsonl"
    assert stability.read(file) == []
    file.write_text(json.dumps(asdict(seen("failed"))) + "\n")
    assert stability.read(file) == [seen("failed")]


def test_an_exercise_without_trainings_needs_one_backend() -> None:
    assert stability.backends("convolution_from_scratch") == ("tensorflow",)
    assert stability.backends("mnist_998") == stability.BACKENDS


def test_samples_of_minutes_are_graded_on_whole_data() -> None:
    assert "reference" in stability.names("mnist_998", whole=True)
    assert "reference" not in stability.names("mnist_998")
    assert "reference_on_slice" in stability.names("mnist_998")
