"""The page of recipes is what the table and the code say."""

from __future__ import annotations

import re

from tests.any_exercise import page
from tests.any_exercise.table import ALL, FOLDER, every_claim

TEXT = page.PAGE.read_text()


def test_the_page_is_written_from_the_table() -> None:
    assert page.with_content(TEXT) == TEXT, "run `python -m tests.any_exercise.page`"


def test_every_recipe_stands_there_once() -> None:
    titles = [claim.recipe.title for claim in every_claim() if claim.recipe]
    assert len(titles) == len(set(titles)) > 30
    assert sorted(titles) == sorted(re.findall(r"^### (.+)$", TEXT, re.MULTILINE))


def test_every_section_takes_recipes_from_files_that_are_there() -> None:
    kinds = [kind for kinds in page.SECTIONS.values() for kind in kinds]
    assert len(kinds) == len(set(kinds))
    assert all((FOLDER / f"{kind}.toml").exists() for kind in kinds)


def test_a_page_that_is_behind_is_told() -> None:
    changed = TEXT.replace("# Claim: deposit adds to the balance.", "# Claim: another.")
    assert changed != TEXT
    assert page.with_content(changed) == TEXT


def test_known_differences_are_counted() -> None:
    differing = sum(bool(claim.differs) for notebook in ALL for claim in notebook.claims)
    assert f"{differing} of them get another verdict" in TEXT
