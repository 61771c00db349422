"""The course's configuration, read once into a typed value."""

from __future__ import annotations

import dataclasses
import difflib
import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import traitlets
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader import language, watch_rules
from grader.course_options import Course
from grader.errors import ConfigurationError, CourseError
from grader.model import Budget, Limits, WatchRules

CONFIG_FILE = "nbgrader_config.py"
_NO_NAME = frozenset("/+*?[]")


@dataclass(frozen=True)
class Settings:
    """The course as the rest of the package sees it.

    Attributes:
        root: the course's folder, absolute.
        data: the folder of the data sets, absolute.
        runs: the folder of the referee's runs, absolute.
        assignments: names, in the order of the course.
        limits_of: assignment to what one submission of it may use up.
        budget_of: assignment to what the trainings of one submission of it may cost.
        target_of: assignment to the training accuracy that it asks for, where it asks for one.
        referee: who trains: ``local``, or the address of a worker.
        referee_key: that worker's public key; empty for ``local``.
        backend: Keras' in a local referee: ``tensorflow``, ``jax`` or ``torch``.
        referee_trainers: how many trainings a local referee carries out side by side; 0: as many as
            cores and memory suggest.
        sandbox: where student code runs: ``bubblewrap``, or ``none`` for trusted files.
        warm_kernels: whether student kernels are forked from a process that has imported much.
        warm_imports: modules that it has imported; empty: those of the assignment's notebook.
        packages: the requirements file of packages that exercises use, absolute; None without.
        workers: submissions that are graded at once; 0: as many as cores and memory allow.
        config: everything that course_config.py says, for nbgrader's own classes.
        watch: how ``grader watch`` answers.
        cluster_key: file of the key of a cluster, within the course's folder.
        language: of messages to students, for example ``de``.
        title_of: assignment to the title that it was given, where it was given one; see
            ``grader.notebook.titles``.
        description_of: assignment to what it is about, where that is said.
        record_hints: whether students hand in, with their work, which hints they have read.
    """

    root: Path
    data: Path
    runs: Path
    assignments: tuple[str, ...]
    limits_of: Mapping[str, Limits]
    budget_of: Mapping[str, Budget]
    target_of: Mapping[str, float]
    referee: str
    referee_key: str = field(repr=False)
    backend: str
    sandbox: str
    config: Config = field(repr=False, compare=False)
    warm_kernels: bool = True
    warm_imports: tuple[str, ...] = ()
    packages: Path | None = None
    workers: int = 0
    referee_trainers: int = 0
    watch: WatchRules = field(default_factory=WatchRules)
    cluster_key: str = "cluster.pem"
    language: str = language.ENGLISH
    title_of: Mapping[str, str] = field(default_factory=dict)
    description_of: Mapping[str, str] = field(default_factory=dict)
    record_hints: bool = False

    def limits(self, assignment: str) -> Limits:
        """What one submission of ``assignment`` may use up."""
        return self.limits_of[assignment]

    def budget(self, assignment: str) -> Budget:
        """What the trainings of one submission of ``assignment`` may cost the referee."""
        return self.budget_of[assignment]

    def target(self, assignment: str) -> float | None:
        """The training accuracy that ``assignment`` asks for; None if it asks for none."""
        return self.target_of.get(assignment)

    def widest_budget(self) -> Budget:
        """The most of everything that any assignment allows: for a referee that serves them all."""
        budgets = [dataclasses.asdict(budget) for budget in self.budget_of.values()] or [{}]
        return Budget(**{name: max(budget[name] for budget in budgets) for name in budgets[0]})

    def require_assignment(self, name: str) -> str:
        """Return ``name`` if the course has such an assignment, else raise ``CourseError``."""
        if name in self.assignments:
            return name
        raise CourseError(
            f"there is no assignment {name!r} in this course: expected one of "
            f"{', '.join(self.assignments)} (c.Course.assignments in course_config.py)"
        )


def load(root: Path, sandbox: str | None = None) -> Settings:
    """Read the configuration of the course in ``root``.

    Args:
        root: the course's folder.
        sandbox: where student code runs, instead of what the configuration says.

    Raises:
        ConfigurationError: no configuration there, or one that cannot be run.
    """
    root = root.resolve()
    if not (root / CONFIG_FILE).is_file():
        raise ConfigurationError(
            f"{root} is not a course: expected {CONFIG_FILE} in it; "
            "run grader in the course's folder or name it with --course"
        )
    try:
        config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
        _require_assignments(root, config)
        if sandbox is not None:
            config.Course.sandbox = sandbox
        return from_config(root, config)
    except (ConfigurationError, OSError):
        raise
    except Exception as error:  # it is Python, which may raise anything
        raise ConfigurationError(f"course_config.py cannot be read: {_told(error)}") from error


def _require_assignments(root: Path, config: Config) -> None:
    """Refuse a course that says nothing of itself: nbgrader passes over a missing file."""
    if "assignments" not in config.Course:
        file = root / "course_config.py"
        why = f"{file} does not set it" if file.is_file() else f"{file} is missing"
        raise ConfigurationError(
            f"the course has no list of assignments (c.Course.assignments): {why}; take the file "
            "from the repository, and name the assignments in it"
        )


def _require_known(config: Config) -> None:
    """Refuse an option that does not exist: what it was to set would be as if never written."""
    known = Course.class_trait_names(config=True)
    for name in sorted(config.Course):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise ConfigurationError(
                f"c.Course.{name} is no option of a course: "
                + (
                    f"did you mean c.Course.{close[0]}?"
                    if close
                    else f"expected {', '.join(known)}"
                )
            )


def _told(error: Exception) -> str:
    """An error of the configuration in a line, with the place if Python ran into it there."""
    said = " ".join(str(error).split()) or "no reason given"
    if isinstance(error, traitlets.TraitError | SyntaxError):
        return said
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == "course_config.py"
    ]
    where = f" (line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {said}{where}"


def from_config(root: Path, config: Config) -> Settings:
    """The settings of the course in ``root`` whose configuration nbgrader has already read."""
    _require_known(config)
    course = Course(config=config)
    return Settings(
        root=root,
        data=root / course.data,
        runs=root / course.runs,
        assignments=_names(course.assignments),
        limits_of={
            name: Limits(**_of("limits", Limits, course.limits, name))
            for name in course.assignments
        },
        budget_of={
            name: Budget(**_of("budgets", Budget, course.budgets, name))
            for name in course.assignments
        },
        target_of={
            name: course.targets[name] for name in course.assignments if name in course.targets
        },
        referee=_referee(course.referee),
        referee_key=course.referee_key,
        backend=course.backend,
        sandbox=course.sandbox,
        warm_kernels=course.warm_kernels,
        warm_imports=tuple(course.warm_imports),
        packages=root / course.packages if course.packages else None,
        workers=course.workers,
        cluster_key=course.cluster_key,
        language=_language(course.language),
        title_of=dict(course.titles),
        description_of=dict(course.descriptions),
        record_hints=course.record_hints,
        referee_trainers=course.referee_trainers,
        watch=watch_rules.read(course.watch, course.assignments),
        config=config,
    )


def _names(configured: Sequence[str]) -> tuple[str, ...]:
    """Names of assignments, which are names of folders, and patterns to nbgrader."""
    for name in configured:
        if name.strip() in ("", ".", "..") or set(name) & _NO_NAME or not name.isprintable():
            raise ConfigurationError(
                f"c.Course.assignments has {name!r:.80}: expected names of folders in source/, "
                "such as edge_filters, without any of / + * ? [ ]"
            )
        if configured.count(name) > 1:
            raise ConfigurationError(f"c.Course.assignments has {name!r:.80} twice: name it once")
    return tuple(configured)


def _of(
    setting: str, kind: type[Limits | Budget], configured: Mapping[str, Any], assignment: str
) -> dict[str, Any]:
    """The fields for one assignment: its own before those of all; others have our defaults."""
    fields = {**configured.get("*", {}), **configured.get(assignment, {})}
    known = [field.name for field in dataclasses.fields(kind)]
    if unknown := fields.keys() - set(known):
        raise ConfigurationError(
            f"c.Course.{setting} names {', '.join(sorted(unknown))}: "
            f"expected some of {', '.join(known)}"
        )
    return {name: _amount(setting, kind, name, value) for name, value in fields.items()}


def _amount(setting: str, kind: type[Limits | Budget], name: str, value: Any) -> int | float:
    """A number that can limit something: above 0, not infinite, and whole where the field is."""
    whole = isinstance(getattr(kind, name), int)  # as the default is
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < value < math.inf and (not whole or value == int(value)):
        return int(value) if whole else value
    raise ConfigurationError(
        f"c.Course.{setting} has {value!r:.80} for {name}: expected a "
        f"{'whole number' if whole else 'number'} above 0"
    )


def _language(configured: str) -> str:
    """A language that there is a catalog for."""
    if configured in language.available():
        return configured
    raise ConfigurationError(
        f"c.Course.language is {configured!r}: expected one of {', '.join(language.available())}"
    )


def _referee(configured: str) -> str:
    """Who trains, if it is spelled like one."""
    if configured == "local" or configured.startswith(("ipc:///", "tcp://")):
        return configured
    raise ConfigurationError(
        f"c.Course.referee is {configured!r}: expected local, or an address that `grader referee` "
        "printed, as tcp://gpu.example.org:7345"
    )
