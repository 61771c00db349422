"""After two strikes a solution cell is out; who is suspected, and what is still tried."""

from __future__ import annotations

import pytest

from grader.notebook.judging.cell_runs import CellRun, CellStatus
from grader.notebook.judging.strikes import OTHERS, Strike, Strikes

STALL = CellRun(CellStatus.LIMIT, message="time limit, 3 s")

# What happens in order, and which claims are tried then. "!ab" is a strike in a test that rests on
# the cells a and b, "+ab" one that came to its end.
CASES = {
    "nothing happened": ("", {"a": True, "ab": True}),
    "one strike": ("!a", {"a": True, "ab": True}),
    "two strikes": ("!a !a", {"a": False, "b": True}),
    "an answer in between": ("!a +a !a", {"a": False}),
    "an answer after the strikes": ("!a !a +a", {"a": False}),
    "a function that stalls for large images alone": ("+a +a !a +a", {"a": True}),
    "another cell": ("!a !b", {"a": True, "b": True}),
    "a claim on a clean cell is tried once": ("!a !a", {"ab": True}),
    "and not a second time": ("!a !a !ab", {"ab": False, "a": False, "b": True}),
    "a claim on a clean cell that comes to its end": ("!a !a +ab", {"ab": True, "a": False}),
    "both are suspected": ("!ab !ab", {"a": False, "b": False, "ab": False, "c": True}),
    "the one that answered is not": ("+a !ab !ab", {"a": True, "b": False, "abc": True}),
    "the one with a strike is suspected first": ("!a !ab", {"a": False, "b": True, "ab": True}),
    "all answered: the one with a strike": ("+a +b !a !ab", {"a": False, "b": True}),
    "all answered: the last one": ("+ab !ab !ab", {"a": True, "b": False}),
    "a later cell's strikes": ("!b !b", {"a": True, "ab": False, "abc": True}),
    "a long chain, each tried once": ("!a !a !ab !abc", {"ab": False, "abc": False, "abcd": True}),
    "a cell that rests on none": ("!  !", {"a": True, "": True}),
}


def played(happened: str) -> Strikes:
    strikes = Strikes()
    for number, event in enumerate(happened.split()):
        if event.startswith("!"):
            strikes.blame(tuple(event[1:]), Strike(f"test {number}", STALL))
        else:
            strikes.answered(tuple(event[1:]))
    return strikes


@pytest.mark.parametrize("case", CASES)
def test_a_claim_is_tried_or_not(case: str) -> None:
    happened, tried = CASES[case]
    strikes = played(happened)
    assert {needs: strikes.refusal(tuple(needs)) is None for needs in tried} == tried


def test_who_is_suspected_is_told() -> None:
    strikes = played("+a")
    assert strikes.blame(("a", "b", "c"), Strike("one", STALL)) == ("b", "c")
    assert strikes.blame((), Strike("two", STALL)) == (OTHERS,)


def test_a_refusal_names_the_cell_and_its_strikes() -> None:
    refusal = played("!a !a").refusal(("a",))
    assert refusal is not None
    assert refusal.cell == "a"
    assert [strike.test for strike in refusal.strikes] == ["test 0", "test 1"]
    assert refusal.strikes[-1].run is STALL


def test_a_cell_of_the_course_is_not_run_where_any_needed_cell_is_out() -> None:
    strikes = played("!a !a")
    assert strikes.refusal_of_any(("b",)) is None
    assert strikes.refusal_of_any(()) is None
    refusal = strikes.refusal_of_any(("a", "b"))
    assert refusal is not None
    assert refusal.cell == "a"


def test_extra_cells_are_out_after_two_strikes() -> None:
    strikes = played("! !")
    assert strikes.is_out(OTHERS)
    assert strikes.refusal_of_any((OTHERS,)) is not None


@pytest.mark.parametrize("cells", [1, 2, 5, 20])
def test_the_tests_that_may_stall_are_at_most_two_a_cell(cells: int) -> None:
    """Whatever rests on whatever: each test stalls, and is tried only if nothing refuses it."""
    names = tuple(f"cell{number}" for number in range(cells))
    for first in range(cells):
        strikes, tried = Strikes(), 0
        for last in range(first, cells):
            for _ in range(10):
                needs = names[first : last + 1]
                if strikes.refusal(needs) is None:
                    strikes.blame(needs, Strike("test", STALL))
                    tried += 1
        assert 1 <= tried <= 2 * cells
