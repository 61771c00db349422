"""Keeps what each verdict rests on: questions, answers, trainings that were looked at, and seeds.

Every question of a test cell goes through ``Proxies``, which tells this. A record's size is
bounded: of many questions the first are kept, and the digests are of all.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from grader.examiner.evidence import draws
from grader.examiner.evidence.summaries import digest, short, summary
from grader.examiner.training.dry_runs import Script
from grader.model import Claim, ClaimEvidence, Consulted, Question, Run

MOST_CHARACTERS = 200_000  # of the questions on one claim, as JSON
NUMPY_ONLY = "numpy is the only library"  # where a question was asked, beside the student's kernel

_SHOWN = 12  # values of one message
_NAME = 200  # characters of what an object is called

Buffers = Sequence[Any]
_Handles = dict[tuple[str, Any], str]

# Parts of a question that say nothing to people, or not as they travel.
_OURS = (
    "place",
    "of",
    "arguments",
    "named",
    "value",
    "class",
    "patched",
    "changed",
    "within",
    "kept",
    "dropped",
)
_AROUND = ("files", "random", "levels", "environment", "argv")  # what surrounds a question


class Asked:
    """A question, its answer, and the buffers beside both.

    Args:
        question: as it travels.
        sent: buffers beside it.
        reply: as it came; a text where none came, which says why.
        received: buffers beside it.
        script: of a dry run, whose logs travel while it is carried out.
    """

    def __init__(
        self,
        question: Mapping[str, Any],
        sent: Buffers,
        reply: Mapping[str, Any] | str,
        received: Buffers,
        script: Script | None = None,
    ) -> None:
        self.question, self.sent, self.received = dict(question), sent, received
        for name in (
            "modules",
            "folder",
        ):  # texts of checks, and a folder that is another each time
            self.question.pop(name, None)
        self.reply: dict[str, Any]
        self.reply = {"no answer": reply} if isinstance(reply, str) else dict(reply)
        if script is not None:
            self.question["logs"] = script.logs
            self.reply["stopped_after"] = script.stopped_after


class Interview:
    """The record of one submission's test cells.

    Args:
        seed: from which the seed of each claim follows.
        keep: called with the record of each claim, once its test cell has ended.
    """

    def __init__(self, seed: int, keep: Callable[[ClaimEvidence], None] = lambda _: None) -> None:
        self._seed, self._keep = seed, keep
        self._open: _Record | None = None

    @contextlib.contextmanager
    def about(self, claim: Claim, test: str) -> Iterator[None]:
        """Keep what the body asks, and let its random draws follow from the claim's seed."""
        seed = draws.derived(self._seed, f"claim {claim.name}")
        self._open = _Record(claim, test, seed)
        try:
            with draws.seeded(seed):
                yield
        finally:
            self._keep(self._open.evidence())
            self._open = None

    @contextlib.contextmanager
    def again(self) -> Iterator[None]:
        """Let the body draw what the open test cell has drawn from its beginning."""
        assert self._open is not None
        with draws.seeded(self._open.seed):
            yield

    def heard(self, asked: Asked, where: str = "") -> None:
        """Take in a question with its answer; outside of a test cell it is dropped."""
        if self._open is not None:
            self._open.add(asked, where)

    def consulted(self, run: Run, seed: int) -> None:
        """Take in a training that is looked at."""
        if self._open is not None:
            self._open.consulted.append(Consulted(run, seed))


class _Record:
    """The record of one claim while it grows."""

    def __init__(self, claim: Claim, test: str, seed: int) -> None:
        self._claim, self._test, self.seed = claim, test, seed
        self._questions: list[Question] = []
        self._count = self._characters = 0
        self._asked, self._answered = sha256(), sha256()
        self._names: _Handles = {}
        self.consulted: list[Consulted] = []

    def add(self, asked: Asked, where: str) -> None:
        asked_sha256 = digest(asked.question | {"where": where}, asked.sent)
        answer_sha256 = digest(asked.reply, asked.received)
        self._count += 1
        self._asked.update(asked_sha256.encode())
        self._answered.update(answer_sha256.encode())
        if self._characters >= MOST_CHARACTERS:
            return
        told = self._told(asked, where)
        answer = _answer(asked)
        self._learn_names(asked, where, told)
        size = len(json.dumps([told, answer]))
        self._characters += size
        if self._characters < MOST_CHARACTERS:
            self._questions.append(Question(told, answer, asked_sha256, answer_sha256))

    def evidence(self) -> ClaimEvidence:
        return ClaimEvidence(
            claim=self._claim.name,
            statement=self._claim.statement,
            test=self._test,
            seed=f"{self.seed:032x}",
            questions=tuple(self._questions),
            count=self._count,
            asked_sha256=self._asked.hexdigest(),
            answered_sha256=self._answered.hexdigest(),
            consulted=tuple(self.consulted),
        )

    def _told(self, asked: Asked, where: str) -> dict[str, Any]:
        """A question for people."""
        question = asked.question
        told = {k: v for k, v in question.items() if k not in (*_OURS, *_AROUND)}
        if where:
            told["where"] = where
        if "of" in question:
            told["of"] = self._names.get((where, question["of"]), f"object {question['of']}")
        for part in ("arguments", "named", "patched", "changed"):
            if part in question:
                told[part] = self._values(question[part], asked.sent, where)
        for part in _AROUND:
            if part in question:
                told[part] = summary(question[part], asked.sent)
        for part in ("value", "class"):  # the outcome of a callback
            if part in question:
                told[part] = self._value(question[part], asked.sent, where)
        return told

    def _values(self, values: Any, buffers: Buffers, where: str) -> Any:
        if isinstance(values, Mapping):
            return {name: self._value(value, buffers, where) for name, value in values.items()}
        return [self._value(value, buffers, where) for value in values]

    def _value(self, value: Any, buffers: Buffers, where: str) -> Any:
        if isinstance(value, Mapping) and "handle" in value:
            return {"object": self._names.get((where, value["handle"]), "object")}
        return summary(value, buffers)

    def _learn_names(self, asked: Asked, where: str, told: Mapping[str, Any]) -> None:
        """Remember which names the handles of an answer belong to, as far as it can be read."""
        with contextlib.suppress(Exception):  # it came from a student's kernel
            value = asked.reply["value"]
            pairs: list[Any]
            pairs = value["dict"] if told["do"] == "look" else [(_result(told), value)]
            for name, each in pairs:
                number = _number(each)
                if number is not None:
                    self._names.setdefault((where, number), name[:_NAME])


def _number(value: Any) -> int | None:
    """The number of what an answer refers to."""
    if type(value) is not dict:
        return None
    return next((value[tag] for tag in ("handle", "class", "model") if tag in value), None)


def _result(told: Mapping[str, Any]) -> str:
    """The question as code that a person would write."""
    if told["do"] == "call":
        return f"{told['of']}(...)"
    whose, *more = told["arguments"]
    attribute = told["operation"] == "getattr"
    return (
        f"{whose['object']}.{more[0]}" if attribute else f"{told['operation']}({whose['object']})"
    )


def _answer(asked: Asked) -> dict[str, Any]:
    """An answer for people."""
    reply = asked.reply
    told: dict[str, Any] = {
        name: short(reply[name])
        for name in ("no answer", "error", "message", "line", "printed", "stderr")
        if type(reply.get(name)) is str and reply[name]
    }
    if "error" not in reply and "value" in reply:
        told["value"] = summary(reply["value"], asked.received)
    for name in ("warned", "logged", "files"):
        if name in reply:
            told[name] = summary(reply[name], asked.received)
    if "callback" in reply:
        told["callback"] = short(str(reply["callback"]))
        told["arguments"] = _summaries(reply.get("arguments"), asked.received)
    if type(changed := reply.get("changed")) is dict:
        told["changed"] = _summaries([*changed.values()], asked.received)
    if asked.question["do"] == "dry_run":
        told["stopped_after"] = reply.get("stopped_after")
    return told


def _summaries(values: Any, buffers: Buffers) -> list[Any]:
    """The first of some values, for people."""
    known = values if type(values) is list else []
    return [summary(value, buffers) for value in known[:_SHOWN]]
