"""The assignments that are watched, as their source notebooks are now."""

from __future__ import annotations

from dataclasses import dataclass

from grader.errors import GraderError
from grader.model import Claim, Told
from grader.notebook import course_lock, gradebook
from grader.notebook.assignment import Assignment, load_assignment, source_path
from grader.notebook.loaded_course import LoadedCourse
from grader.notebook.recording import Recorder
from grader.notebook.visible_assignment import VisibleAssignment, visible_assignment
from grader.settings import Settings
from grader.watch.logbook import Logbook


@dataclass(frozen=True)
class Watched:
    """One assignment.

    Attributes:
        whole: the course and the assignment with all its tests.
        visible: the assignment without hidden tests.
        recorder: writes what was judged by ``whole``.
        told: what students are told of hidden claims.
    """

    whole: LoadedCourse
    visible: VisibleAssignment
    recorder: Recorder
    told: Told

    @property
    def in_one(self) -> bool:
        """Whether one run gives both the page and the grades: nothing is kept from the student."""
        return self.told is Told.ALL or not self.visible.withheld

    @property
    def adds_to_page(self) -> bool:
        """Whether grading tells something that is added to the page afterwards."""
        return not self.in_one and self.told in {Told.COUNT, Told.NAMES}

    @property
    def for_page(self) -> LoadedCourse:
        """What a student's page is judged by."""
        if self.in_one:
            return self.whole
        return LoadedCourse(self.whole.settings, self.visible.assignment)

    @property
    def withheld(self) -> tuple[Claim, ...]:
        """The claims that a hidden test belongs to, in notebook order."""
        names = self.visible.withheld
        return tuple(claim for claim in self.whole.assignment.claims if claim.name in names)


class WatchedAssignments:
    """The watched assignments; one whose source notebook was changed is loaded again.

    Args:
        settings: the course.
        names: of the assignments.
        logbook: is told of a source notebook that cannot be used any more.

    Raises:
        GraderError: an assignment that cannot be loaded, or no gradebook for it.
    """

    def __init__(self, settings: Settings, names: tuple[str, ...], logbook: Logbook) -> None:
        self._settings, self._logbook = settings, logbook
        self._stamps = {name: self._stamp(name) for name in names}
        self._watched = {name: self._loaded(name) for name in names}

    def __getitem__(self, name: str) -> Watched:
        """An assignment, as it was loaded last."""
        return self._watched[name]

    @property
    def names(self) -> tuple[str, ...]:
        """What is watched."""
        return tuple(self._watched)

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """All of them."""
        return tuple(watched.whole.assignment for watched in self._watched.values())

    def refresh(self) -> tuple[str, ...]:
        """Load again what was changed; returns the names of what is new."""
        changed = []
        for name, stamp in self._stamps.items():
            if (present := self._stamp(name)) == stamp:
                continue
            self._stamps[name] = present
            try:
                self._watched[name] = self._loaded(name)
                changed.append(name)
                self._logbook.trouble(f"the source of {name}", "")
            except GraderError as error:
                self._logbook.trouble(f"the source of {name}", f"{error}; the former one is used")
        return tuple(changed)

    def _loaded(self, name: str) -> Watched:
        settings = self._settings
        assignment = load_assignment(settings, name)
        with course_lock.writing(settings):
            gradebook.prepare(settings, assignment)
        loaded = LoadedCourse(settings, assignment)
        visible = visible_assignment(settings, assignment)
        return Watched(loaded, visible, Recorder(loaded), settings.watch.hidden_claims)

    def _stamp(self, name: str) -> tuple[int, int]:
        try:
            state = source_path(self._settings, name).stat()
        except OSError:
            return 0, 0
        return state.st_mtime_ns, state.st_size
