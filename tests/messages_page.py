"""Writes ``docs/messages.md``: what students read of claims that do not hold, sample by sample.

``python -m tests.messages_page [ASSIGNMENT ...]`` grades the samples of some or all assignments on
slices, but for those that take minutes, and writes their sections of the page. Numbers in messages
are those of one grading: tests draw their questions at random.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.model import Claim, Outcome, Verdict
from grader.notebook import autograde, samples
from grader.notebook.assignment import load_assignment
from grader.settings import Settings
from tests import slices
from tests.conftest import ROOT
from tests.courses import refereed

PAGE = ROOT / "docs" / "messages.md"
BEGIN = "<!-- messages: begin; written by `make messages` -->"
END = "<!-- messages: end -->"

_NUMBER = re.compile(r"-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_NUMBERS = re.compile(r"\[[\[\]#, .]*\]")
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_GRADED = re.compile(r"^Samples: (.*)$", re.MULTILINE)
_ENTRY = re.compile(r"^`(\w+)`, ([a-z ]+):\n\n```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_CLAIM = re.compile(r"^### (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """A message on the page.

    Attributes:
        claim: its name.
        sample: the submission that got it.
        outcome: of the claim.
        message: the student's text, on one line.
    """

    claim: str
    sample: str
    outcome: str
    message: str


@dataclass(frozen=True)
class Section:
    """What the page says of one assignment.

    Attributes:
        graded: names of the samples that were graded for it.
        entries: each way of failing once.
    """

    graded: tuple[str, ...]
    entries: tuple[Entry, ...]


def pattern(message: str) -> str:
    """A message without its numbers, which are others each time."""
    return _NUMBERS.sub("[#]", _NUMBER.sub("#", " ".join(message.split())))


def read(text: str) -> dict[str, Section]:
    """The sections of a page, by assignment."""
    body = text.partition(BEGIN)[2].partition(END)[0]
    return {name: _section(content) for name, content in _SECTION.findall(body)}


def _section(content: str) -> Section:
    graded = _GRADED.search(content)
    entries = []
    pieces = _CLAIM.split(content)
    for claim, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        for sample, outcome, message in _ENTRY.findall(piece):
            entries.append(Entry(claim, sample, outcome, " ".join(message.split())))
    return Section(tuple(re.findall(r"`(\w+)`", graded[1])) if graded else (), tuple(entries))


def stale(section: Section, sample: str, verdicts: Iterable[Verdict]) -> list[str]:
    """In which messages a page differs from a grading of one of its samples."""
    said = {verdict.claim: verdict for verdict in verdicts}
    known = {pattern(entry.message) for entry in section.entries}
    missing = [
        f"{verdict.claim}: {verdict.message}"
        for verdict in said.values()
        if verdict.outcome is not Outcome.PASSED and pattern(verdict.message) not in known
    ]
    gone = [
        f"{entry.claim}: no longer {entry.message}"
        for entry in section.entries
        if entry.sample == sample
        and (entry.outcome, pattern(entry.message))
        != (said[entry.claim].outcome, pattern(said[entry.claim].message))
    ]
    return missing + gone


def written(claims: Iterable[Claim], verdicts: Mapping[str, tuple[Verdict, ...]]) -> str:
    """The text of a section, from the verdicts of each sample."""
    lines = ["Samples: " + ", ".join(f"`{name}`" for name in sorted(verdicts)), ""]
    seen: set[str] = set()
    for claim in claims:
        entries = []
        for sample in sorted(verdicts):
            (verdict,) = [v for v in verdicts[sample] if v.claim == claim.name]
            if verdict.outcome is Outcome.PASSED or pattern(verdict.message) in seen:
                continue
            seen.add(pattern(verdict.message))
            wrapped = textwrap.fill(
                " ".join(verdict.message.split()),
                width=96,
                break_long_words=False,
                break_on_hyphens=False,
            )
            entries += [f"`{sample}`, {verdict.outcome}:", "", "```text", wrapped, "```", ""]
        if entries:
            lines += [f"### {claim.name}", "", f"*{claim.statement}*", "", *entries]
    return "\n".join(lines)


def graded(course: Settings, assignment: str) -> dict[str, tuple[Verdict, ...]]:
    """The verdicts of each sample of an assignment that takes no minutes."""
    expected = {}
    for case in sorted((ROOT / "tests" / "submissions" / assignment).glob("*/case.toml")):
        sample = samples.load(case.parent)
        if not sample.minutes:
            samples.hand_in(course, assignment, sample, case.parent.name)
            expected[case.parent.name] = sample.verdicts
    found = {}
    for result in autograde.grade(course, assignment, list(expected)):
        if result.graded is None:
            raise RuntimeError(f"{result.student} was not graded: {result.problem}")
        found[result.student] = result.graded.verdicts
        outcomes = {verdict.claim: verdict.outcome for verdict in result.graded.verdicts}
        wrong = "" if outcomes == expected[result.student] else f", not as expected: {outcomes}"
        print(f"{assignment}: {result.student}{wrong}", flush=True)
    return found


def update(page: Path, course: Settings, assignments: Iterable[str]) -> None:
    """Write the sections of some assignments, and leave the others as they are."""
    fresh = {
        name: f"\n{written(load_assignment(course, name).claims, graded(course, name))}"
        for name in assignments
    }
    before, _, rest = page.read_text().partition(BEGIN)
    body, _, after = rest.partition(END)
    sections = dict(_SECTION.findall(body)) | fresh
    text = "\n".join(f"## {name}\n{sections[name].rstrip()}\n" for name in sorted(sections))
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}")


def main(assignments: list[str]) -> None:
    """Grade and write."""
    with tempfile.TemporaryDirectory(prefix="messages-") as folder:
        root, data = Path(folder) / "course", Path(folder) / "slices"
        Path(folder).chmod(0o755)  # student code may run as nobody
        root.mkdir()
        data.mkdir()
        slices.write_slices(ROOT / "data", data)
        with refereed(root, data) as course:
            update(PAGE, course, assignments or course.assignments)


if __name__ == "__main__":
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    main(sys.argv[1:])
