from __future__ import annotations

import threading

import pytest

from grader.doctor import CHECKS, Check, Finding, Status, examine
from grader.settings import Settings
from tests.patience import PATIENCE


def test_findings_come_in_the_order_of_the_checks(tiny_course: Settings) -> None:
    second_done = threading.Event()

    def first(_: Settings) -> Finding:
        assert second_done.wait(PATIENCE), "both are looked at side by side"
        return Finding(Status.OK, "first")

    def second(_: Settings) -> Finding:
        second_done.set()
        return Finding(Status.OK, "second")

    told: list[tuple[str, ...]] = []
    checks = [Check("one", first), Check("two", second)]
    findings = examine(checks, tiny_course, lambda names: told.append(tuple(names)))
    assert [found.detail for found in findings] == ["first", "second"]
    assert [found.name for found in findings] == ["one", "two"]
    assert told[0] == ("one", "two")
    assert told[-1] == ()


def test_an_interruption_ends_the_look(tiny_course: Settings) -> None:
    looked: list[str] = []

    def look(_: Settings) -> Finding:
        looked.append("")
        return Finding(Status.OK, "")

    def interrupt(names: object) -> None:
        if looked:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine([Check(str(n), look) for n in range(200)], tiny_course, interrupt)


def test_what_starts_something_is_marked_as_slow() -> None:
    slow = {check.name for check in CHECKS if check.slow}
    assert slow == {"sandbox", "warm kernels", "TensorFlow", "referee", "JupyterLab"}
