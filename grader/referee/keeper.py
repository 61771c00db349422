"""Keeps the trainer: starts it, gives it one request at a time, and holds it to its limits.

A trainer that takes too long or too much memory is killed, and the request is refused. One that
dies by itself was perhaps unlucky: its request is carried out once more by a fresh one, and then
failed, which is nobody's fault but the referee's.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from grader.errors import DeclarationRefused, RefereeError
from grader.referee import wire
from grader.referee.child import Child, Setup
from grader.referee.turns import Request
from grader.referee.wire import Hello, Part

LOG = logging.getLogger("grader.referee")

START_SECONDS = 300.0  # for importing Keras and finding its devices
MAX_STARTS = 3  # of a trainer that does not come up, for one request
GB = 1 << 30

Done: TypeAlias = tuple[Request, Sequence[Part]]  # a request and its reply


class Keeper:
    """Keeps one trainer.

    Attributes:
        request: what is being carried out, or None.
        hello: what it trains with; None until it has come up for the first time.
        problem: why it did not come up the last time; empty if it did.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._child: Child | None = None
        self._ready = False
        self._served = 0  # requests, by this very process
        self._starts = 0  # in a row without coming up
        self._deadline = self._began = 0.0
        self.request: Request | None = None
        self.hello: Hello | None = None
        self.problem = ""

    @property
    def idle(self) -> bool:
        """Whether a request can be taken."""
        return self.request is None

    def fileno(self) -> int | None:
        """What becomes readable when there is something to ``look`` at; None: nothing will be."""
        return None if self._child is None else self._child.fileno()

    def start(self) -> None:
        """Start a trainer, unless there is one."""
        if self._child is None:
            self._child, self._ready, self._served = Child(self._setup), False, 0
            self._deadline, self.problem = time.monotonic() + START_SECONDS, ""

    def take(self, request: Request) -> None:
        """Have a request carried out; whoever is ``idle`` can take one."""
        self.request = request
        self.start()
        if self._ready:
            self._begin(request)

    def look(self) -> Done | None:
        """See what became of the trainer, and do what is to be done about it."""
        if self._child is None:
            return None
        if self._child.heard():
            return self._hear(self._child)
        if time.monotonic() > self._deadline:
            return self._out_of_time()
        if self.request and self._child.memory() > self._setup.budget.memory_bytes:
            return self._out_of_memory()
        return None

    def end(self) -> None:
        """Kill the trainer."""
        if self._child is not None:
            LOG.info("the trainer %s", self._child.end())
        self._child, self._ready = None, False

    def _begin(self, request: Request) -> None:
        assert self._child is not None
        assert request.asked.recipe is not None
        # What is not in the store any more is trained again, all epochs of it.
        epochs = request.asked.recipe.epochs + (request.asked.do == "measure")
        self._began = time.monotonic()
        self._deadline = self._began + epochs * self._setup.budget.epoch_seconds
        try:
            self._child.send(request.raw)
        except OSError:
            return  # it is gone, and its pipe says so at the next look

    def _hear(self, child: Child) -> Done | None:
        try:
            parts = child.receive()
        except (EOFError, OSError):
            return self._lost()
        header = wire.outcome(parts)
        if not self._ready:
            self._came_up(Hello(header["hello"]))
            return None
        assert self.request is not None
        self._served += 1
        _log(self.request, header, time.monotonic() - self._began)
        return self._done(parts)

    def _came_up(self, hello: Hello) -> None:
        LOG.info("a trainer came up: %s", hello)
        self._ready, self._starts, self.hello = True, 0, hello
        self._deadline = float("inf")
        if self.request is not None:
            self._begin(self.request)

    def _lost(self) -> Done | None:
        """The trainer died: try once more, then give up on what it was doing."""
        assert self._child is not None
        was_ready, how = self._ready, self._child.end()
        self._child, self._ready = None, False
        LOG.error("the trainer %s; %s", how, _words(self.request))
        if was_ready:
            failure = RefereeError(f"the referee's trainer {how}, twice; see {self._setup.log}")
            return self._again(failure) if self.request is not None else None
        self._starts += 1
        if self._starts < MAX_STARTS:
            self.start()
            return None
        self._starts = 0
        self.problem = f"the referee's trainer {how} before it was ready; see {self._setup.log}"
        return None if self.request is None else self._answer(RefereeError(self.problem))

    def _out_of_time(self) -> Done | None:
        if not self._ready:
            LOG.error("the trainer did not come up within %g s", START_SECONDS)
            return self._lost()
        LOG.warning("over its time: %s", _words(self.request))
        self.end()
        return self._answer(
            DeclarationRefused(
                f"an epoch of this training takes longer than {self._setup.budget.epoch_seconds:g} "
                "s, which is all that it may: make the network smaller, or the batches larger"
            )
        )

    def _out_of_memory(self) -> Done | None:
        LOG.warning("over its memory: %s", _words(self.request))
        alone = not self._served
        self.end()
        refusal = DeclarationRefused(
            f"this training takes more than the {self._setup.budget.memory_bytes / GB:.3g} GB of "
            "memory that it may: make the network or the batches smaller"
        )
        # Perhaps what was trained before it holds the memory: a fresh trainer will tell.
        return self._answer(refusal) if alone else self._again(refusal)

    def _again(self, answer: DeclarationRefused | RefereeError) -> Done | None:
        """Carry the request out once more; the second time, answer it."""
        assert self.request is not None
        self.request.lost += 1
        if self.request.lost > 1:
            return self._answer(answer)
        self.start()
        return None

    def _answer(self, answer: DeclarationRefused | RefereeError) -> Done:
        assert self.request is not None
        return self._done(wire.reply(self.request.asked.number, answer))

    def _done(self, parts: Sequence[Part]) -> Done:
        request, self.request = self.request, None
        assert request is not None
        self._deadline = float("inf")
        return request, parts


def _words(request: Request | None) -> str:
    """What a request is about, for the log."""
    if request is None or request.asked.recipe is None:
        return "nothing was asked"
    recipe = request.asked.recipe
    network = hashlib.sha256(recipe.network.encode(errors="replace")).hexdigest()[:12]
    what = "measured after" if request.asked.do == "measure" else "epoch"
    return f"{request.asked.who or 'nobody'}: network {network}, {what} {recipe.epochs}"


def _log(request: Request, header: Mapping[str, object], seconds: float) -> None:
    """One line a request."""
    match header:
        case {"epoch": {"fresh": True}}:
            how = "trained"
        case {"epoch": _}:
            how = "from the store"
        case {"measures": _}:
            how = "measured"
        case {"refused": text} | {"failed": text}:
            how = f"{'refused' if 'refused' in header else 'failed'}: {text}"
        case _:
            how = "not understood"
    LOG.info("%s, %.1f s, %s", _words(request), seconds, how)
