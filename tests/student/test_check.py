"""``grader check`` on handed-out notebooks, in a real kernel, without a course's folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from grader import cli
from grader.errors import ConfigurationError, SubmissionError
from grader.model import Claim, Outcome, Verdict
from grader.notebook.assignment import grade_id
from grader.notebook.submission import parse
from grader.student.check import check
from grader.student.checked import Checked
from tests.conftest import ROOT
from tests.slices import write_slices

pytestmark = pytest.mark.kernel

Copy = Callable[[str, Mapping[str, str]], Path]
PREPARE = "def prepare(images):\n    return images[..., np.newaxis] / {}"
TRAIN = "raise SystemExit('a training was begun')\nmodel.fit(images)"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A student's copy of a release with some answers, alone in a folder."""

    def copy(name: str, answers: Mapping[str, str]) -> Path:
        folder = tmp_path / name
        shutil.copytree(ROOT / "release" / name, folder)
        path = folder / f"{name}.ipynb"
        notebook = parse.read(path)
        for cell in notebook.cells:
            cell.source = (
                answers.get(grade_id(cell), cell.source) if grade_id(cell) else cell.source
            )
        nbformat.write(notebook, path)
        return path

    return copy


def outcomes(checked: Checked) -> dict[str, Outcome]:
    return {verdict.claim: verdict.outcome for verdict in checked.verdicts}


def test_every_claim_is_judged_by_itself(copy: Copy) -> None:
    filters = "EDGES = []\nVERTICAL_LINES = [[-1, 2, -1]] * 3\nHORIZONTAL_LINES = 1 / 0"
    pool = "def max_pool(image, size=2):\n    return None"
    checked = check(copy("convolution_from_scratch", {"filters": filters, "max_pool": pool}))
    assert list(outcomes(checked).items()) == [
        ("convolve_margin", Outcome.NOT_ATTEMPTED),
        ("convolve_values", Outcome.NOT_ATTEMPTED),
        ("convolve_clips", Outcome.NOT_ATTEMPTED),
        ("convolve_weight", Outcome.NOT_ATTEMPTED),
        ("vertical_lines", Outcome.PASSED),
        ("horizontal_lines", Outcome.CRASHED),
        ("max_pool_values", Outcome.FAILED),
        ("max_pool_shape", Outcome.FAILED),
    ]
    said = {verdict.claim: verdict.message for verdict in checked.verdicts}
    assert said["horizontal_lines"].startswith("The cell `filters` ended with ZeroDivisionError")
    assert "None (is a return missing?)" in said["max_pool_values"]
    assert said["convolve_margin"].endswith("write your solution there.")


def test_no_training_is_begun(copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_slices(ROOT / "data", tmp_path / "data")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    path = copy("mnist_998", {"prepare": PREPARE.format(255), "train": TRAIN})
    checked = check(path)
    assert outcomes(checked)["prepared_images"] is Outcome.PASSED
    assert set(list(outcomes(checked).values())[1:]) == {Outcome.NOT_ATTEMPTED}
    left = {claim.name for claim in checked.claims} - outcomes(checked).keys()
    assert left == {"fewer_than_20_epochs", "reaches_998"}


def test_a_notebook_without_claims_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(
        SubmissionError, match=r"mine\.ipynb shows no claims .* expected a notebook"
    ):
        check(path)


def test_a_kernel_that_is_not_installed_is_named(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.kernelspec.NAME", "no_such_kernel")
    with pytest.raises(ConfigurationError, match="'no_such_kernel' is not installed"):
        check(copy("convolution_from_scratch", {}))


def test_the_command_shows_a_table_and_needs_no_course(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy("convolution_from_scratch", {})
    monkeypatch.chdir(path.parent)
    result = CliRunner().invoke(cli.main, ["check", path.name])
    assert result.exit_code == 1
    assert "not attempted    0 / 2  convolve_margin" in result.output
    assert "0 of 8 tested claims passed. Points: 0 / 14." in result.output
    assert "3 hidden claims are tested when your work is graded. Points: 6." in result.output
    result = CliRunner().invoke(cli.main, ["check", "missing.ipynb"])
    assert result.exit_code == 2
    assert "missing.ipynb is missing: found" in result.output


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.PASSED, 0), (Outcome.GRADER_FAULT, 1)])
def test_the_exit_code_is_0_only_if_all_passed(
    outcome: Outcome, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Checked("x", (), (Verdict("one", outcome, 1),))
    monkeypatch.setattr("grader.student.check.check", lambda *_: done)
    assert CliRunner().invoke(cli.main, ["check", "x.ipynb"]).exit_code == code


def test_ctrl_c_keeps_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Path, watch: Callable[[Checked], None]) -> Checked:
        claims = tuple(Claim(name, 1, "", "", ()) for name in ("one", "two"))
        watch(Checked("x", claims, (Verdict("one", Outcome.PASSED, 1),), running="two"))
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.student.check.check", interrupted)
    result = CliRunner().invoke(cli.main, ["check", "x.ipynb"])
    assert result.exit_code == 130
    assert "passed           1 / 1  one\nnot tested           1  two" in result.output
