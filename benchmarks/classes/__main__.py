"""Grade the same classes with stock nbgrader, Otter-Grader and this grader, and compare.

Run by ``make bench``; ``benchmarks/README.md`` says what is measured and how.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.classes import cases, page, results
from benchmarks.classes.contenders import CONTENDERS
from benchmarks.classes.environments import ROOT
from benchmarks.classes.session import Session, figures_of, use_the_courses_programs
from benchmarks.errors import BenchError


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is missing and write the page; 1 where something could not be measured."""
    given = _parser().parse_args(arguments)
    try:
        use_the_courses_programs()
        chosen = cases.choose(_words(given.cases), given.students)
        contenders, version = _contenders(given.only), results.version()
        session = Session(
            given.folder, chosen, contenders, given.repeat, given.force, version, _say
        )
        problems = [] if given.page_only else session.run()
        if results.version() != version:
            problems.append("the code changed meanwhile: figures may be of either version")
        everything = cases.choose((), given.students)
        figures, commits = figures_of(session.results, everything, version)
        if figures:
            page.write(_page(given), figures, commits)
            _say(f"The figures are in {_page(given)}")
    except BenchError as error:
        problems = [str(error)]
    except KeyboardInterrupt:
        problems = ["interrupted: the same command goes on where it stopped"]
    for problem in problems:
        print(f"bench: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--cases", default="", help=f"of {', '.join(cases.GROUPS)}; default: all")
    parser.add_argument("--only", default="", help=f"of {', '.join(CONTENDERS)}; default: all")
    parser.add_argument("--repeat", type=int, default=5, help="medians of so many (default: 5)")
    parser.add_argument("--students", type=int, help="at most so many in a class: a trial")
    parser.add_argument("--force", action="store_true", help="measure anew what is measured")
    parser.add_argument("--page-only", action="store_true", help="only write the page anew")
    parser.add_argument("--output", type=Path, help="the page; see benchmarks/README.md")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    return parser


def _page(given: argparse.Namespace) -> Path:
    """The page to write: a trial does not touch the one in the documentation."""
    trial = given.students is not None or given.repeat < 3
    default = given.folder / "performance.md" if trial else ROOT / "docs" / "performance.md"
    return Path(given.output or default)


def _contenders(text: str) -> tuple[str, ...]:
    names = _words(text)
    if unknown := sorted(set(names) - set(CONTENDERS)):
        raise BenchError(f"nobody is called {', '.join(unknown)}: expected {', '.join(CONTENDERS)}")
    return names


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
