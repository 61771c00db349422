"""What must be the same on all nodes, and what is said where it is not."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import pytest

from grader.cluster import node_facts

HERE = node_facts.facts("tensorflow")


def test_a_machine_agrees_with_itself() -> None:
    assert node_facts.differences(HERE, HERE) == []
    assert dict(HERE.versions).keys() >= {"Python", "grader", "keras", "tensorflow", "numpy"}


def test_another_version_is_named() -> None:
    there = tuple((name, "0" if name == "keras" else version) for name, version in HERE.versions)
    (found,) = node_facts.differences(replace(HERE, versions=there), HERE)
    assert found == f"keras 0 there, {dict(HERE.versions)['keras']} here"


def test_a_package_that_is_not_installed_is_named() -> None:
    assert node_facts.versions(("grader-of-nobody",))["grader-of-nobody"] == "none"


def test_the_same_version_with_other_files_is_named() -> None:
    (found,) = node_facts.differences(replace(HERE, files="other"), HERE)
    assert "other files" in found


def test_a_lower_limit_of_the_account_is_named() -> None:
    there = replace(HERE, limits=(("open files", 256), ("processes", HERE.limits[1][1])))
    (found,) = node_facts.differences(there, HERE)
    assert "may have 256 open files" in found
    assert node_facts.differences(HERE, there) == [], "more is no problem"


def test_a_daemonic_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)
    (found,) = node_facts.differences(node_facts.facts("tensorflow"), HERE)
    assert "DASK_DISTRIBUTED__WORKER__DAEMON=False" in found


@pytest.mark.parametrize(("version", "said"), [("2.3.0", "2.3.0"), (None, "none")])
def test_a_package_of_the_course_that_a_node_lacks_is_named(version: str | None, said: str) -> None:
    here = replace(HERE, course=(("pandas", "2.3.1"),))
    there = replace(HERE, course=(("pandas", version),) if version else ())
    (found,) = node_facts.differences(there, here)
    assert found.startswith(f"the course's package pandas: {said} there, 2.3.1 here; install it")
    assert "pip install pandas==2.3.1" in found
    assert node_facts.differences(here, here) == []


def test_what_the_course_names_is_looked_up() -> None:
    there = node_facts.facts("tensorflow", ["numpy", "grader-of-nobody"])
    assert dict(there.course).keys() == {"numpy", "grader-of-nobody"}
    assert dict(there.course)["grader-of-nobody"] == "none"
