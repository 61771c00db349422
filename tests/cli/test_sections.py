from __future__ import annotations

import itertools

from click.testing import CliRunner

from grader.cli import main
from grader.cli.sections import SECTIONS


def test_every_command_stands_below_one_heading() -> None:
    named = list(itertools.chain(*SECTIONS.values()))
    assert sorted(named) == sorted(main.commands)


def test_help_has_the_headings_and_a_line_for_each_command() -> None:
    lines = CliRunner().invoke(main, ["--help"], terminal_width=80).output.splitlines()
    assert [f"{heading}:" for heading in SECTIONS] == [
        line for line in lines if line.rstrip(":") in SECTIONS
    ]
    begins = [line.split()[0] for line in lines if line.startswith("  ") and line.split()]
    assert all(name in begins for name in main.commands)
    assert not [line for line in lines[1:] if line.endswith("...")]
