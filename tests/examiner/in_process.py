"""A student's kernel in this process: the real agent, and messages that travel as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.examiner.cells.finding import Finding
from grader.examiner.examiner import examine
from grader.examiner.proxies import Proxies
from grader.sandbox.guest.agent import Agent


class Kernel:
    """What a student has written, and its proxies.

    Args:
        source: of the student's cells.
    """

    def __init__(self, source: str) -> None:
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(textwrap.dedent(source), "<cell>", "exec", dont_inherit=True), space)
        self.questions: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = lambda reply: reply
        self._agent = Agent(self._exchange, lambda: space)
        self._question: tuple[Any, Any] = ({}, [])
        self._answer: tuple[Any, Any] = ({}, [])

    def proxies(self) -> Proxies:
        """Those of a new test cell."""
        return Proxies(self._ask, lambda *_: None)

    def look(self, name: str) -> Any:
        """The proxy of one name."""
        return self.proxies().look([name])[name]

    def tested(self, test: str) -> Finding:
        """What a test cell comes to."""
        return examine(test, self.proxies())

    def _ask(self, question: dict[str, Any], buffers: Sequence[bytes]) -> Any:
        self._question = json.loads(json.dumps(question)), buffers
        self.questions.append(self._question[0])
        self._agent.answer()
        return self._answer

    def _exchange(self, content: Mapping[str, Any], buffers: Sequence[bytes]) -> Any:
        sent = json.loads(json.dumps(content))
        if "ready" in sent:
            return self._question
        self.replies.append(sent)
        self._answer = self.change(sent), list(buffers)
        return {}, []
