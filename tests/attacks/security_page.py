"""The tables of docs/security.md that commands write, between marks; the rest stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.attacks.trials import Trial
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "security.md"
NOT_TRIED = "not tried yet"
_BEGIN = "<!-- {}: begin; written by `python -m tests.attacks.stock` -->\n\n"
_END = "\n<!-- {}: end -->\n"


@dataclass
class Compared:
    """What came of each case in each pipeline, as the page has it.

    Attributes:
        columns: names of the pipelines.
        rows: number and description of a case, to what each pipeline gave.
    """

    columns: tuple[str, ...]
    rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def cell(self, number: int, about: str, column: str) -> str:
        """What is known; ``NOT_TRIED`` where nothing is."""
        return self.rows.get((str(number), about), {}).get(column, NOT_TRIED)

    def put(self, number: int, about: str, column: str, text: str) -> None:
        """Put down what came of a case."""
        self.rows.setdefault((str(number), about), {})[column] = text

    def table(self, cases: Sequence[tuple[int, str]]) -> str:
        """The table in Markdown, of these cases alone."""
        lines = [
            f"| case | what the attacker does | {' | '.join(self.columns)} |",
            f"| ---: | --- |{' --- |' * len(self.columns)}",
        ]
        for number, about in cases:
            cells = [self.cell(number, about, column) for column in self.columns]
            lines.append(f"| {number} | {about} | {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"


def read(columns: tuple[str, ...], page: Path = PAGE) -> Compared:
    """What earlier runs wrote into the page."""
    compared = Compared(columns)
    head: list[str] = []
    for line in between(page.read_text(), "compared").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| case"):
            head = cells[2:]
        elif line.startswith("| ") and not line.startswith("| --"):
            number, about, *found = cells
            for column, text in zip(head, found, strict=True):
                compared.put(int(number), about, column, text)
    return compared


def of_trials(trials: Sequence[Trial]) -> str:
    """The table of attacks on other parts of the grader."""
    lines = ["| case | what is tried | what comes of it |", "| ---: | --- | --- |"]
    lines += [f"| {t.number} | {t.about} | {t.expected} |" for t in trials]
    return "\n".join(lines) + "\n"


def between(text: str, name: str) -> str:
    """What stands between the marks of a table."""
    begin, end = _BEGIN.format(name), _END.format(name)
    return text.partition(begin)[2].partition(end)[0]


def write(name: str, table: str, page: Path = PAGE) -> None:
    """Put a table between its marks.

    Raises:
        ValueError: the page has no such marks.
    """
    text, begin, end = page.read_text(), _BEGIN.format(name), _END.format(name)
    if begin not in text or end not in text:
        raise ValueError(f"{page}: expected the marks {begin.strip()} and {end.strip()}")
    before, _, rest = text.partition(begin)
    page.write_text(f"{before}{begin}{table}{end}{rest.partition(end)[2]}")
