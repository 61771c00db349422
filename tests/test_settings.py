from __future__ import annotations

from pathlib import Path

import pytest

from grader import settings
from grader.errors import ConfigurationError, CourseError
from grader.model import Budget
from grader.settings import Settings
from tests.conftest import ROOT


def test_the_course_is_read_as_typed_values() -> None:
    course = settings.load(ROOT)
    assert course.assignments == ("cnn_exploration", "convolution_from_scratch", "mnist_998")
    assert course.data == ROOT / "data"
    seconds = [course.limits(name).cell_seconds for name in course.assignments]
    assert seconds[2] > seconds[1]
    assert course.sandbox == "bubblewrap"


def test_a_folder_without_configuration_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"is not a course.*--course"):
        settings.load(tmp_path)


@pytest.mark.parametrize("line", ["c.Course.sandbox = 'sand'", "c.Course. = 1", "c = d"])
def test_a_configuration_that_cannot_be_read_says_why(tiny_course: Settings, line: str) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(line)
    with pytest.raises(ConfigurationError, match=r"course_config\.py cannot be read: "):
        settings.load(tiny_course.root)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("raise ValueError('x')", r"ValueError: x \(line \d+\)$"),
        ("import nosuchmodule", r"ModuleNotFoundError: .*nosuchmodule.*\(line \d+\)$"),
        ("1 / 0", r"ZeroDivisionError: division by zero \(line \d+\)$"),
        ("c = d", r"NameError: .*'d' is not defined \(line \d+\)$"),
    ],
)
def test_what_a_configuration_raises_is_told_with_its_line(
    tiny_course: Settings, line: str, said: str
) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(line)
    with pytest.raises(ConfigurationError, match=said):
        settings.load(tiny_course.root)


def test_a_course_without_its_configuration_is_refused(tiny_course: Settings) -> None:
    file = tiny_course.root / "course_config.py"
    file.write_text("c = get_config()\n")
    with pytest.raises(ConfigurationError, match=r"course_config\.py does not set it; take"):
        settings.load(tiny_course.root)
    file.unlink()
    with pytest.raises(ConfigurationError, match=r"course_config\.py is missing; take the file"):
        settings.load(tiny_course.root)


@pytest.mark.parametrize(
    ("name", "said"), [("limts", "did you mean c.Course.limits?"), ("xyz", "expected assignments")]
)
def test_an_unknown_option_is_named_with_the_known_ones(
    tiny_course: Settings, name: str, said: str
) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(f"\nc.Course.{name} = {{}}\n")
    with pytest.raises(ConfigurationError) as raised:
        settings.load(tiny_course.root)
    assert f"c.Course.{name} is no option of a course: {said}" in str(raised.value)


def test_an_unknown_assignment_is_named_with_the_known_ones(tiny_course: Settings) -> None:
    assert tiny_course.require_assignment("sums") == "sums"
    with pytest.raises(CourseError, match=r"no assignment 'products'.*expected one of sums"):
        tiny_course.require_assignment("products")


def test_an_unknown_limit_is_named_with_the_known_ones(tiny_course: Settings) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write("c.Course.limits = {'sums': {'patience': 3}}")
    with pytest.raises(ConfigurationError, match=r"names patience: expected some of .*cell_secon"):
        settings.load(tiny_course.root)


def test_who_trains_and_what_it_may_cost_is_read() -> None:
    course = settings.load(ROOT)
    assert (course.referee, course.referee_key) == ("local", "")
    assert course.referee_trainers == 0
    assert (course.backend, course.runs) == ("tensorflow", ROOT / "runs")
    assert course.budget("mnist_998").epochs == 20
    assert course.budget("cnn_exploration").epochs == 30


def test_an_assignment_has_a_target_only_if_it_asks_for_one(tiny_course: Settings) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write("c.Course.assignments = ['a', 'b']\nc.Course.targets = {'a': 0.9}")
    course = settings.load(tiny_course.root)
    assert (course.target("a"), course.target("b")) == (0.9, None)


def test_the_widest_budget_has_the_most_of_everything(tiny_course: Settings) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write("c.Course.assignments = ['a', 'b']\n")
        config.write(
            "c.Course.budgets = {'a': {'epochs': 9}, 'b': {'epochs': 3, 'weights': 10**9}}"
        )
    widest = settings.load(tiny_course.root).widest_budget()
    assert (widest.epochs, widest.weights) == (9, 10**9)
    assert widest.trainings == Budget().trainings


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c.Course.budgets = {'sums': {'money': 3}}", r"budgets names money: .*epoch_seconds"),
        ("c.Course.referee = 'gpu.example.org'", r"referee is 'gpu\.example\.org': expected local"),
        ("c.Course.backend = 'mxnet'", r"cannot be read: .*tensorflow"),
        ("c.Course.referee_trainers = -1", r"cannot be read: .*referee_trainers"),
        ("c.Course.targets = {'sums': 99.8}", r"cannot be read: .*targets.*99\.8"),
        ("c.Course.limits = {'*': {'cell_seconds': 'long'}}", r"'long' for cell_seconds: expected"),
        ("c.Course.limits = {'*': {'processes': True}}", r"True for processes: expected a whole"),
        ("c.Course.limits = {'*': {'processes': 0.5}}", r"0\.5 for processes: expected a whole"),
        ("c.Course.limits = {'*': {'cell_seconds': -1}}", r"-1 for cell_seconds: .*above 0$"),
        ("c.Course.budgets = {'*': {'epochs': float('nan')}}", r"nan for epochs: .*above 0$"),
        ("c.Course.assignments = ['sums', '../up']", r"'\.\./up': expected names of folders"),
        ("c.Course.assignments = ['sums', 'sums']", r"'sums' twice: name it once"),
    ],
)
def test_a_referee_that_cannot_be_is_said(tiny_course: Settings, line: str, said: str) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write(line)
    with pytest.raises(ConfigurationError, match=said):
        settings.load(tiny_course.root)


def test_a_language_without_a_catalog_is_named_with_the_known_ones(tiny_course: Settings) -> None:
    assert tiny_course.language == "en"
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write("c.Course.language = 'xx'")
    with pytest.raises(
        ConfigurationError, match=r"c\.Course\.language is 'xx': expected one of .*en"
    ):
        settings.load(tiny_course.root)


def test_bytes_may_be_written_as_powers_of_ten(tiny_course: Settings) -> None:
    with (tiny_course.root / "course_config.py").open("a") as config:
        config.write("c.Course.limits = {'*': {'memory_bytes': 4e9}}")
    memory = settings.load(tiny_course.root).limits("sums").memory_bytes
    assert (memory, type(memory)) == (4_000_000_000, int)
