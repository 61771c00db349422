"""Asks a student's kernel what test cells need, and what the judge itself wants to know."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from nbformat import NotebookNode

from grader.examiner.evidence.interview import Asked
from grader.examiner.proxies import CallBlocked, Proxies
from grader.examiner.surroundings.base import Around
from grader.examiner.training.trainings import Trainings
from grader.examiner.wanted import wanted
from grader.notebook.judging.cell_runs import CellRun, Ended
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.kernel_stdin import Answer
from grader.notebook.judging.question_time import QuestionTime
from grader.notebook.judging.time_limits import TimeLimits

_CLOCK_SECONDS = 5.0  # for a kernel to tell its processor time, which takes milliseconds


class KernelQuestions:
    """The questions to the kernel of one submission.

    Args:
        kernel: answers them.
        trainings: those of this kernel.
        limits: on the time of each cell.
        cells: of the rebuilt notebook.
        wanted: the names that a test cell wants, by its text.

    Attributes:
        kept_at: indices of the test cells whose names are kept as they were there.
        time: that the questions of a test take.
        ended: how the kernel or its time ended during this test, also where the test has caught
            that; None while it goes on.
    """

    def __init__(
        self,
        kernel: StudentKernel,
        trainings: Trainings,
        limits: TimeLimits,
        cells: Sequence[NotebookNode],
        wanted: Callable[[str], frozenset[str]] = wanted,
    ) -> None:
        self._wanted = wanted
        self._kernel, self._trainings, self._limits = kernel, trainings, limits
        self._cells = cells
        self.kept_at: set[int] = set()
        self.time = QuestionTime(limits.clock.now)
        self.ended: CellRun | None = None

    def begin(self) -> None:
        """Begin with another test."""
        self.time.begin()
        self.ended = None

    def end(self, run: CellRun) -> None:
        """Say how the kernel or its time ended; later ends are consequences of the first."""
        self.ended = self.ended or run

    def proxies(
        self,
        index: int,
        share: str,
        call_blocked: CallBlocked,
        heard: Callable[[Asked], None] = lambda _: None,
        around: Around | None = None,
        *,
        lets_change: bool = False,
    ) -> Proxies:
        """The kernel's names for a test cell, whose questions share the time of one cell.

        Args:
            index: of the test cell.
            share: the solution cell whose time it is.
            call_blocked: see ``Proxies``.
            heard: told each question with its answer.
            around: what surrounds the test cell.
            lets_change: see ``Proxies``.
        """
        left = self._limits.countdown(share)
        return self._proxies(left, call_blocked, index, heard, around, lets_change=lets_change)

    def processor_time(self) -> float:
        """Seconds of processor time that the kernel says it has used; 0.0 if it says none."""
        try:
            return self._proxies(lambda: _CLOCK_SECONDS, lambda *_: None).clock()
        except (Ended, Exception):  # the student's code may have broken the agent
            return 0.0

    def is_answered(self) -> bool:
        """Whether the kernel answers a question that no student code is needed for."""
        try:
            self._proxies(lambda: _CLOCK_SECONDS, lambda *_: None).clock()
        except Ended:
            return False
        except Exception:  # an answer that is none; each claim will say so
            return True
        return True

    def keep(self, index: int) -> None:
        """Ask the kernel to keep a test cell's names; a broken kernel shows in the next cell."""
        used = sorted(self._wanted(self._cells[index].source))
        with contextlib.suppress(Ended, Exception):
            self._proxies(lambda: _CLOCK_SECONDS, lambda *_: None, index).keep(used)

    def _proxies(
        self,
        left: Callable[[], float],
        call_blocked: CallBlocked,
        index: int = -1,
        heard: Callable[[Asked], None] = lambda _: None,
        around: Around | None = None,
        *,
        lets_change: bool = False,
    ) -> Proxies:
        def ask(question: dict[str, Any], buffers: Sequence[bytes]) -> Answer:
            asked = self.time
            try:
                with asked.asking():
                    return self._kernel.ask(question, buffers, left())
            except Ended as ended:
                run = ended.run.of_questions(asked.count, asked.seconds)
                self.end(run)
                raise Ended(run) from None

        return Proxies(
            ask,
            call_blocked,
            self._trainings,
            self._cells[index].id if index in self.kept_at else "",
            heard,
            around=around,
            lets_change=lets_change,
        )
