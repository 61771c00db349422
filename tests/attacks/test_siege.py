"""The siege tells what is wrong, goes on where it was stopped, and sees what is left behind."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import siege
from tests.attacks.attacked import agrees
from tests.attacks.cases import ATTACKS, SAMPLED
from tests.attacks.leftovers import Watcher
from tests.attacks.siege import Row
from tests.attacks.submissions import Attack, HandedIn
from tests.attacks.trials import Trial

ROW = Row("forks", 17, True, "FF++", "FF++", right=True, earned=False, seconds=1.0)
TWIN = dataclasses.replace(ROW, hostile=False, expected="++++", received="++++")
NOWHERE = Attack(17, "forks", "nothing", HandedIn(), HandedIn(), "FF++")


def answers(hostile: str) -> Trial:
    return Trial(90, "answers", "nothing", lambda _: hostile, "no", lambda _: "yes", "yes")


@pytest.mark.parametrize(
    "change",
    [
        {"right": False},
        {"earned": True},
        {"traces": ("a connection",)},
        {"left": ("a process",)},
        {"peer": False},
    ],
)
def test_a_row_is_well_only_where_all_is(change: dict[str, Any]) -> None:
    wrong = dataclasses.replace(ROW, **change)
    assert ROW.well
    assert not str(ROW).startswith("!!")
    assert not wrong.well
    assert str(wrong).startswith("!!")


def test_the_summary_counts_attacks_and_twins() -> None:
    wrong = dataclasses.replace(ROW, name="earns", earned=True, right=False, left=("a file",))
    lost = dataclasses.replace(TWIN, right=False)
    assert siege.summary([ROW, TWIN]).startswith(
        "1 hostile cases: 0 earned an undeserved point, 0 ended otherwise"
    )
    told = siege.summary([ROW, wrong, TWIN, lost])
    assert told.startswith("2 hostile cases: 1 earned an undeserved point, 1 ended otherwise")
    assert "1 left something behind" in told
    assert told.endswith("2 twins: 1 lost one")


@pytest.mark.parametrize(
    ("received", "expected", "earned"),
    [
        ("FF++", "FF++", False),
        ("F+++", "FF++", True),
        ("CF++", "xF++", False),
        ("+F++", "xF++", True),
        ("++L+", "??L?", False),
        ("", "", False),
        ("++++", "", True),
        ("CF++", "xx**", False),
        ("C+++", "xx**", True),
    ],
)
def test_a_claim_that_passed_and_should_not_is_earned(
    received: str, expected: str, earned: bool
) -> None:
    assert siege._earned(received, expected) is earned


@pytest.mark.parametrize(
    ("received", "expected", "agree"),
    [
        ("FC+C", "xx**", True),
        ("CF++", "xx**", True),
        ("+C++", "xx**", False),
        ("CC+?", "xx**", False),
        ("CC+?", "xx*?", True),
        ("CC+", "xx**", False),
    ],
)
def test_letters_of_outcomes_say_what_may_come(received: str, expected: str, agree: bool) -> None:
    assert agrees(received, expected) is agree


def test_what_was_carried_out_is_not_carried_out_again(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    assert siege.missing([NOWHERE], siege.read(file)) == [NOWHERE]
    siege._append(file, [ROW])
    assert siege.missing([NOWHERE], siege.read(file)) == [NOWHERE]
    siege._append(file, [TWIN])
    assert siege.read(file) == [ROW, TWIN]
    assert siege.missing([NOWHERE], siege.read(file)) == []


@pytest.mark.kernel  # the server that judges are forked from is started
@pytest.mark.parametrize(("answer", "code"), [("no", 0), ("a point", 1)])
def test_a_wrong_row_is_told_and_makes_the_exit_code_1(
    answer: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial, file = answers(answer), tmp_path / "rows.jsonl"
    assert siege._told([trial], siege.read(file)) == 1
    assert "not carried out: answers" in capsys.readouterr().out
    siege.carry_out([trial], file, tmp_path)
    assert siege._told([trial], siege.read(file)) == code
    told = capsys.readouterr().out
    assert ("What is wrong:\n!!  90 answers" in told) is bool(code)
    assert f"1 hostile cases: {code} earned an undeserved point" in told


@pytest.mark.lengthy
def test_what_is_left_behind_is_seen() -> None:
    with Watcher() as watcher:
        before = watcher.now()
        assert watcher.left(before) == []
        # Its parent ends: nothing but the watcher knows whose it was.
        started = subprocess.run(
            ["sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!; sleep 0.5"],
            capture_output=True,
            text=True,
            check=True,
        )
        pid = int(started.stdout)
        folder = Path(f"/tmp/grader-judge-{os.getpid()}-left")
        folder.mkdir()
        try:
            left = watcher.now() - before
            assert left == [f"a file: {folder}", f"a process: {pid} sleep"]
        finally:
            os.kill(pid, 9)
            folder.rmdir()
        assert watcher.left(before) == []


def test_each_case_has_a_name_of_its_own_and_the_first_corpus_is_always_tried() -> None:
    names = [case.name for case in siege.CASES]
    assert len(set(names)) == len(names)
    assert all(attack in SAMPLED for attack in ATTACKS if attack.number <= 41)
    assert [attack for attack in ATTACKS if attack.number > 41 and attack in SAMPLED] or not [
        attack for attack in ATTACKS if attack.number > 41
    ]
