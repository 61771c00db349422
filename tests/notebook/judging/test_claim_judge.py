"""What a claim costs whose questions lose the kernel, here and where numpy is the only library."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.errors import ClaimFailed
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.wanted import wanted
from grader.model import Claim, Limits, Outcome
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from grader.notebook.judging.claim_judge import ClaimJudge
from grader.notebook.judging.clock import Clock
from grader.notebook.judging.kernel_questions import KernelQuestions
from grader.notebook.judging.strikes import Strikes
from grader.notebook.judging.time_limits import TimeLimits
from grader.notebook.submission.rebuild import Rebuilt
from tests.in_process import InProcess

CLAIM = Claim("from_scratch", 1.0, statement="", hint="", needs=("a", "b"))


def of(*cells: Any, **known: Any) -> Any:
    """The examination of a notebook of these cells, in an assignment of which this is known."""
    notebook = new_notebook(cells=list(cells))
    nothing = {"released": {}, "definers": {}, "hidden": set(), "hidden_files": {}}
    assignment = SimpleNamespace(
        **nothing, uses_networks=False, course_names=None, solutions="", wanted=wanted
    )
    vars(assignment).update(known)
    return SimpleNamespace(rebuilt=Rebuilt(notebook), assignment=assignment, lost={})


def call(strikes: Strikes, status: CellStatus) -> None:
    """Call a function there that ends so; the kernel of the student's cells cannot be restarted."""

    def end(*_: object) -> None:
        raise Ended(CellRun(status, message="as it was", alive=False))

    cells = SimpleNamespace(strikes=strikes, indices_before=lambda *_, **__: [0])
    numpy_only = SimpleNamespace(call=end)
    judge = ClaimJudge(of(), *cast(Any, (cells, numpy_only, None, None)))
    judge._call_blocked(CLAIM, 1, "convolve", ())


@pytest.mark.parametrize("status", [CellStatus.LIMIT, CellStatus.DIED])
def test_a_stall_or_death_there_is_a_strike_and_costs_the_claim(status: CellStatus) -> None:
    strikes = Strikes()
    with pytest.raises(ClaimFailed, match="numpy is the only library"):
        call(strikes, status)
    for cell in CLAIM.needs:
        (strike,) = strikes.of(cell)
        assert (strike.test, strike.run.status) == (CLAIM.name, status)


def test_a_fault_of_ours_there_is_no_strike_and_spares_the_kernel() -> None:
    strikes = Strikes()
    with pytest.raises(Ended) as ended:
        call(strikes, CellStatus.FAULT)
    assert ended.value.run.alive
    assert not strikes.of("a")


@pytest.mark.parametrize(("name", "told"), [("filters", True), ("kernels", False)])
def test_a_parameter_that_was_handed_out_and_renamed_is_named(name: str, told: bool) -> None:
    stub = new_code_cell("def build(filters=64): ...", metadata={"nbgrader": {"grade_id": "a"}})
    master = new_notebook(cells=[stub])
    course = {"hidden": {CLAIM.name}, "master": master, "solution_ids": ("a",)}
    cells = SimpleNamespace(own_sources=["def build(number=64): ..."])
    parts = cast(Any, (cells, None, None, None))
    judge = ClaimJudge(of(**course), *parts)
    said = f"build() got an unexpected keyword argument '{name}'"
    raised = Finding(FindingKind.RAISED, "TypeError", said, quoted=said)
    assert (judge._told(CLAIM, raised).message == said) is told


@pytest.mark.parametrize(
    ("hidden", "files", "told"),
    [((), {}, True), ((CLAIM.name,), {}, False), ((), {"expected.txt": b"7"}, False)],
)
def test_values_are_told_where_all_that_they_come_of_is_visible(
    hidden: tuple[str, ...], files: dict[str, bytes], told: bool
) -> None:
    course = {"hidden": hidden, "hidden_files": files, "master": new_notebook()}
    parts = cast(Any, (SimpleNamespace(own_sources=[]), None, None, None))
    judge = ClaimJudge(of(**course, solution_ids=()), *parts)
    finding = InProcess("def f(): return 8").tested("due = 7\nassert f() == due")
    due = ("This does not hold: `f() == due`", "`f()` is 8", "`due` is 7") if told else ()
    assert judge._told(CLAIM, finding).came_to == due


class Kernel(InProcess):
    """A kernel that may end where the student's code is called, or a coroutine of it begins."""

    ends = True

    def ask(self, content: dict[str, Any], buffers: Any, _: float = 0.0) -> Any:
        """What a kernel's session does with a question."""
        if self.ends and content.get("operation", content["do"]) in ("call", "begin"):
            raise Ended(CellRun(CellStatus.DIED, message="exit code 7", alive=False))
        return super().ask(content, buffers)


def outcome(test: str, *, ends: bool) -> Outcome:
    """That of a claim which asks such a kernel."""
    kernel = Kernel(
        "class Later:\n"
        "    def __await__(self):\n"
        "        raise ValueError\n"
        "def refuses():\n"
        "    raise ValueError\n"
        "later = Later()"
    )
    kernel.ends = ends
    limits, cell = TimeLimits(Limits(), Clock()), new_code_cell(test)
    cells = SimpleNamespace(
        questions=KernelQuestions(cast(Any, kernel), kernel.trainings, limits, [cell]),
        strikes=Strikes(),
        abort_reason=None,
        runs={},
        settle_claim=lambda *_: (),
    )
    judge = ClaimJudge(of(cell), *cast(Any, (cells, None, kernel.trainings, limits)))
    return judge.verdict(CLAIM, 0).outcome


@pytest.mark.parametrize(
    "test",
    [
        "raised = False\ntry:\n    refuses()\nexcept:\n    raised = True\nassert raised",
        "import pytest\nwith pytest.raises(BaseException):\n    refuses()",
        "import asyncio\nassert await asyncio.gather(later, return_exceptions=True)",
        "import asyncio\n"
        "async def waits():\n    await later\n"
        "assert await asyncio.wait([asyncio.create_task(waits())])",
        "from concurrent.futures import ThreadPoolExecutor as Pool\n"
        "with Pool(1) as pool:\n    assert pool.submit(refuses).exception()",
        "try:\n    refuses()\nexcept ValueError:\n    done = True\nfinally:\n    assert done",
    ],
    ids=["bare", "pytest", "gather", "wait", "thread", "finally"],
)
def test_a_kernel_that_ends_is_a_crash_also_where_the_test_catches_all(test: str) -> None:
    assert outcome(test, ends=True) is Outcome.CRASHED
    assert outcome(test, ends=False) is Outcome.PASSED
