from __future__ import annotations

import dataclasses
import math
import warnings
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from traitlets import TraitError
from traitlets.config import Config

from grader import settings
from grader.errors import ConfigurationError
from grader.model import Budget, Limits
from grader.settings import Settings
from tests.fuzzing import changes, texts
from tests.fuzzing.changes import Change, changed
from tests.fuzzing.running import tried, within

_COURSE = {
    "assignments": ["sums", "more"],
    "titles": {"sums": "Sums"},
    "descriptions": {"sums": "Add"},
    "data": "data",
    "limits": {"*": {"cell_seconds": 20}, "sums": {"memory_bytes": 2**30, "processes": 9}},
    "budgets": {"*": {"epochs": 3}},
    "targets": {"sums": 0.9},
    "referee": "tcp://gpu.example.org:7345",
    "backend": "jax",
    "referee_trainers": 1,
    "warm_imports": ["numpy"],
    "workers": 1,
    "language": "de",
    "watch": {
        "assignments": ["sums"],
        "source": "exchange",
        "answers_per_hour": 3,
        "pause_seconds": 1,
        "hidden_claims": "count",
        "grades": True,
        "health": "127.0.0.1:9464",
    },
}
_values = texts.anything | st.sampled_from(
    [[], {}, "*", "../up", "a/b", "a+b", "local", "en", "none", 0.5, True, math.inf, math.nan, -1]
)


_amounts = st.floats() | st.integers(-3, 9) | _values
_limits = st.dictionaries(
    st.sampled_from([field.name for field in dataclasses.fields(Limits)]), _amounts, max_size=2
)
_budgets = st.dictionaries(
    st.sampled_from([field.name for field in dataclasses.fields(Budget)]), _amounts, max_size=2
)


@tried(60)
@given(limits=_limits, budgets=_budgets)
def test_limits_and_budgets_are_usable_or_refused(limits: Any, budgets: Any) -> None:
    _read(_COURSE | {"limits": {"*": limits}, "budgets": {"sums": budgets}})


@tried(60)
@given(names=st.lists(texts.words | _values | texts.short_text, max_size=3))
def test_names_of_assignments_are_usable_or_refused(names: list[Any]) -> None:
    _read(_COURSE | {"assignments": names, "watch": {}})


@tried(150)
@given(changes=changes.of(_values))
def test_a_configuration_is_usable_or_refused(changes: list[Change]) -> None:
    said = changed(_COURSE, changes)
    if isinstance(said, dict):
        _read(said)


def _read(said: dict[str, Any]) -> None:
    with within(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # traitlets tells of names that it does not know
        try:
            course = settings.from_config(Path("/course"), Config({"Course": said}))
            assert len({*course.assignments}) == len(course.assignments)
        except (ConfigurationError, TraitError):  # ``settings.load`` tells both in a line
            return
    _assert_usable(course)


def _assert_usable(course: Settings) -> None:
    for name in course.assignments:
        assert course.require_assignment(name) == name
        assert (course.root / "source" / name).resolve().parent == course.root / "source"
        assert str(name).isprintable()
        for kind in (course.limits(name), course.budget(name)):
            for field in dataclasses.fields(kind):
                value = getattr(kind, field.name)
                assert 0 < value < math.inf, (field.name, value)
                assert field.type != "int" or isinstance(value, int), (field.name, value)
    course.widest_budget()
