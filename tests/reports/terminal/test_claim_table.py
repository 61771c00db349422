from __future__ import annotations

import io
import itertools

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.reports.terminal.claim_table import ClaimRow, ClaimTable

NAMES = [
    "ada",
    "maximiliane_von_und_zu_langenfeld_der_zweiten",
    "maximiliane_von_und_zu_langenfeld_der_dritten",
    "王小明" * 9,
    "Ναταλία",
    "محمد",
    "x" * 120,
]


def table(claims: int, mark: str = "F") -> ClaimTable:
    rows = [
        ClaimRow(
            name,
            (Text(f"{number} / 100"),),
            tuple(Text(mark if (number + claim) % 3 else "+") for claim in range(claims)),
            (Text(f"{number}70 s"),),
            tuple("failed" if (number + claim) % 3 else "passed" for claim in range(claims)),
        )
        for number, name in enumerate(NAMES)
    ]
    names = [f"claim_{number}" for number in range(claims)]
    return ClaimTable("sums", names, ("student", ("score",), ("time",)), rows)


def cells(claims: int, width: int, mark: str = "F") -> list[list[str]]:
    """The rows as a terminal of that width shows them, the lines of a row in one."""
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    console.print(table(claims, mark))
    shown = out.getvalue().splitlines()
    assert max(cell_len(line) for line in shown) <= width
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in shown if "│" in line]
    rows: list[list[str]] = []
    for line in lines:
        if line[1]:  # a score stands in the first line of a row
            rows.append(line)
        else:
            rows[-1] = [above + below for above, below in zip(rows[-1], line, strict=True)]
    return rows


@pytest.mark.parametrize(
    ("claims", "width"), itertools.product((0, 1, 5, 16, 39, 60), (60, 80, 100, 160, 300))
)
def test_every_row_tells_name_score_and_all_marks(claims: int, width: int) -> None:
    for number, (name, row) in enumerate(zip(NAMES, cells(claims, width), strict=True)):
        assert row[0] == name
        assert row[1] == f"{number} / 100"
        assert row[-1] == f"{number}70 s"
        marks = "".join(row[2:-1]).replace(" ", "")
        assert marks == "".join("F" if (number + n) % 3 else "+" for n in range(claims))


def test_a_mark_with_a_sign_keeps_its_place_in_the_group() -> None:
    assert cells(5, 40, mark="F*")[0][2] == "+ F*F*+ F*"


def test_each_claim_has_a_column_where_there_is_room() -> None:
    assert len(cells(16, 300)[0]) == 3 + 16
    assert len(cells(16, 80)[0]) == 3 + 1


def test_a_pipe_gets_one_line_a_row() -> None:
    out = io.StringIO()
    Console(file=out, width=100_000).print(table(60))
    title, head, *rows = (line.split("\t") for line in out.getvalue().splitlines())
    assert title == ["sums"]
    assert head == ["student", "score", *(f"claim_{number}" for number in range(60)), "time"]
    assert [row[0] for row in rows] == NAMES
    assert all(len(row) == len(head) for row in rows)
