"""Writes ``docs/recipes.md``: how to test each kind of work, from the table of claims.

``python -m tests.any_exercise.page`` writes what stands between the page's marks: the recipes, what
travels between a test and the student's kernel, and what is known to differ. A test compares it.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.sandbox.guest import protocol
from grader.sandbox.guest.data.known_types import TYPES
from tests.any_exercise.table import Difference, TableClaim, Way, every_claim, exercises
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "recipes.md"
BEGIN = "<!-- recipes: begin; written by `python -m tests.any_exercise.page` -->\n"
END = "<!-- recipes: end -->\n"

# The sections of the page, with the files of claims from which their recipes come.
SECTIONS = {
    "Functions and variables": ("functions", "by_name", "closures", "library", "iteration"),
    "Classes and objects": ("classes", "structures", "operators", "blocks"),
    "Data": ("collections", "dataclasses", "text", "arrays", "frames"),
    "Errors": ("errors",),
    "What a call changes": ("changed", "kept"),
    "What a test hands in": ("handed_in", "handed_objects", "derived"),
    "Files and modules": ("files",),
    "Outputs, inputs and pictures": ("outputs", "plots"),
    "What a test replaces": ("patches",),
    "Random numbers": ("seeds",),
    "Models": ("networks", "learners", "tensors"),
    "Ways of testing": ("testing", "waiting"),
}

_WAYS = {
    Way.CELL: "the notebook",
    Way.MAGIC: "`%check`",
    Way.CHECK: "`grader check`",
    Way.GRADING: "grading",
}


def written() -> str:
    """What stands between the marks."""
    return "\n".join([*_recipes(), *_travels(), *_differences()]) + "\n"


def with_content(page: str) -> str:
    """The page, with its content written anew."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{written()}\n{END}{tail}"


def _recipes() -> Iterator[str]:
    for section, kinds in SECTIONS.items():
        yield f"## {section}\n"
        for kind in kinds:
            for exercise in exercises(kind):
                for claim in exercise.claims:
                    yield from _recipe(claim, f"tests/any_exercise/claims/{kind}.toml")


def _recipe(claim: TableClaim, file: str) -> Iterator[str]:
    if claim.recipe is None:
        return
    yield f"### {claim.recipe.title}\n"
    yield f"{claim.recipe.says} Sample: `{claim.name}` in `{file}`.\n"
    yield f"```python\n# Claim: {claim.says}\n{claim.test}\n```\n"


def _travels() -> Iterator[str]:
    yield "## What travels\n"
    yield (
        "In both directions, as an exact copy of exactly its own type: `None`, `bool`, `int`, "
        "`float`, `str`, `bytes`, `list`, `tuple`, `set`, `frozenset`, `dict`, NumPy's arrays and "
        "numbers, masked arrays, and these types:\n"
    )
    yield "| module | types |\n| --- | --- |"
    modules = sorted({each.module for each in TYPES.values()})
    for module in modules:
        names = dict.fromkeys(each.name for each in TYPES.values() if each.module == module)
        yield f"| `{module}` | {', '.join(f'`{name}`' for name in names)} |"
    yield (
        "\nAnything else stays where it is, and the other side asks it. One answer holds at most "
        f"{protocol.MAX_BYTES >> 20} MB and {protocol.MAX_NODES:,} parts, "
        f"{protocol.MAX_DEPTH} levels deep.\n"
    )


def _differences() -> Iterator[str]:
    known: dict[tuple[TableClaim, Difference], list[Way]] = {}
    for claim in every_claim():
        for way, difference in claim.differs.items():
            known.setdefault((claim, difference), []).append(way)
    yield "## Known differences\n"
    total = sum(1 for _ in every_claim())
    yield (
        f"The table in `tests/any_exercise/claims` holds {total} claims against right and wrong "
        "work in four ways: the cell run in a notebook, `%check`, `grader check`, and grading. "
        f"{len({claim.name for claim, _ in known})} of them get another verdict in one of these "
        "ways:\n"
    )
    if not known:
        return
    yield "| claim | in | of right work | of wrong work | why |\n| --- | --- | --- | --- | --- |"
    for (claim, difference), ways in known.items():
        right, wrong = difference.right or "passed", difference.wrong or claim.wrong
        where = ", ".join(_WAYS[way] for way in ways)
        yield f"| `{claim.name}` | {where} | {right} | {wrong} | {difference.why} |"
    yield ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(with_content(PAGE.read_text()))


if __name__ == "__main__":
    main()
