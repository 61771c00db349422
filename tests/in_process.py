"""A kernel agent in this process, in a thread of its own: the examiner asks it without a kernel."""

from __future__ import annotations

import json
import linecache
import queue
import textwrap
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from grader.examiner import later_changes
from grader.examiner.examiner import Finding, examine
from grader.examiner.later_changes import Tried
from grader.examiner.proxies import Proxies
from grader.examiner.training.trainings import Trainings
from grader.model import Budget
from grader.notebook.judging.fit_requests import asked
from grader.sandbox.guest.agent import Agent
from tests.patience import PATIENCE
from tests.students import alone

Message = tuple[dict[str, Any], list[bytes]]


class InProcess:
    """Student code that is run here, and what the examiner sees of it.

    Args:
        source: the student's cells.
        names: what is defined beside them.

    Attributes:
        names: what is defined.
        said: all messages but those of trainings, in order.
        requests: those of trainings.
    """

    def __init__(self, source: str = "", names: Mapping[str, Any] | None = None) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"} | dict(names or {})
        self.said: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.trainings = Trainings(None, "", Budget(), {})
        self.agent = Agent(self._exchange, lambda: self.names)
        self._to_agent: queue.Queue[Message] = queue.Queue()
        self._to_examiner: queue.Queue[Message] = queue.Queue()
        self._open = 0
        self._agent_thread = threading.Thread()
        self.proxies = Proxies(self.ask, alone, self.trainings)
        text = textwrap.dedent(source)
        linecache.cache["<cell>"] = len(text), None, text.splitlines(keepends=True), "<cell>"
        exec(compile(text, "<cell>", "exec", dont_inherit=True), self.names)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """What the examiner has asked, in order."""
        return [message for message in self.said if "do" in message]

    def ask(self, content: dict[str, Any], buffers: Sequence[bytes]) -> Message:
        """What a kernel's session does with a question, or with what came of a callback."""
        if content.get("do") not in ("returned", "raised"):
            self._open += 1
            if "within" not in content:
                self._agent_thread = threading.Thread(target=self.agent.answer, daemon=True)
                self._agent_thread.start()
                self._to_examiner.get(timeout=PATIENCE)  # it is ready
        self._to_agent.put(self._travelled(content, buffers))
        reply = self._to_examiner.get(timeout=PATIENCE)
        self._open -= "callback" not in reply[0]
        if not self._open:
            self._to_agent.put(({}, []))
            self._agent_thread.join(PATIENCE)
        return reply

    def has(self, *names: str) -> Any:
        """The proxies of some names; of one, the proxy itself."""
        found = self.proxies.look(names)
        return found[names[0]] if len(names) == 1 else [found[name] for name in names]

    def tested(self, test: str) -> Finding:
        """What a test cell comes to."""
        return later_changes.decided(partial(self._tried, test))

    def _tried(self, test: str, lets_change: bool) -> Tried:
        self.proxies = Proxies(self.ask, alone, self.trainings, lets_change=lets_change)
        return Tried(examine(test, self.proxies), self.proxies.has_parted)

    def _exchange(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> Any:
        if (request := asked({"prompt": json.dumps(content)})) is not None:
            self.requests.append(request)
            return self.trainings.answer(request)
        self._to_examiner.put(self._travelled(content, buffers))
        return self._to_agent.get(timeout=PATIENCE)

    def _travelled(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> Message:
        travelled = json.loads(json.dumps(content)), [bytes(buffer) for buffer in buffers]
        self.said.append(travelled[0])
        return travelled
