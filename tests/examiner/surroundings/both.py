"""A test cell and a student's code in this process, with surroundings of their own.

The kernel agent is the real one. Working directory and random state are swapped for each question,
as if the student's code ran elsewhere; nothing else is.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from grader.examiner.examiner import Finding, examine
from grader.examiner.proxies import Proxies
from grader.examiner.surroundings.claim import Surroundings
from grader.examiner.surroundings.course import Course
from grader.sandbox.guest.agent import Agent


class Both:
    """Asks an agent in this process.

    Args:
        kernel: the student's working directory.
        course: what the course gives its test cells.
        names: the student's.

    Attributes:
        questions: what was asked.
    """

    def __init__(self, kernel: Path, course: Course, names: Mapping[str, Any]) -> None:
        self.questions: list[dict[str, Any]] = []
        self._kernel, self._random = kernel, _states()
        self._surroundings = Surroundings(course)
        self._agent = Agent(self._exchange, lambda: names)
        self._question: Any = None
        self._answer: Any = None
        with contextlib.chdir(kernel):
            self._agent.around.install()

    def tested(self, test: str) -> Finding:
        """What a test cell comes to."""
        proxies = Proxies(self._ask, lambda *_: None, around=self._surroundings)
        with self._surroundings.held(test, proxies.pyplot):
            return examine(test, proxies)

    def close(self) -> None:
        """Remove the folders."""
        self._surroundings.close()

    def _ask(self, question: dict[str, Any], buffers: Sequence[bytes]) -> Any:
        self.questions.append(json.loads(json.dumps(question)))
        self._question = self.questions[-1], buffers
        with contextlib.chdir(self._kernel), self._elsewhere():
            self._agent.answer()
        return self._answer

    def _exchange(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> Any:
        if "ready" in content:
            return self._question
        self._answer = json.loads(json.dumps(content)), list(buffers)
        return {}, []

    @contextlib.contextmanager
    def _elsewhere(self) -> Iterator[None]:
        ours = _states()
        _set(self._random)
        try:
            yield
        finally:
            self._random = _states()
            _set(ours)


def _states() -> Any:
    return random.getstate(), np.random.get_state()


def _set(states: Any) -> None:
    random.setstate(states[0])
    np.random.set_state(states[1])
