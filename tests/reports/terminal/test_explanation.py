from __future__ import annotations

import dataclasses

from rich.console import Console, Group, RenderableType

from grader.model import (
    ClaimEvidence,
    Consulted,
    Evidence,
    Graded,
    Outcome,
    Override,
    Question,
    Replayed,
    Run,
    Verdict,
)
from grader.reports.terminal.explanation import explanation, question_lines
from grader.reports.terminal.replayed import replayed

LOOK = Question(
    {"do": "look", "names": ["Stop"]},
    {"value": {"dict": [["Stop", {"object": "Stop"}]]}},
    "",
    "",
)
CALL = Question(
    {
        "do": "call",
        "of": "add",
        "arguments": [
            {
                "array": "float64",
                "shape": [3, 3],
                "sha256": "0123456789abcdef",
                "first": [0.5, 1.0],
                "least": 0.0,
                "most": 2.0,
            },
            {"list": [1, {"tuple": ["[b]x\x1b[2J"]}], "more": 3},
        ],
        "named": {"n": {"dict": [["a", None]]}},
    },
    {"error": "ValueError", "message": "no\x1b[31m[/]", "line": "line 2, `raise`"},
    "",
    "",
)
REHEARSAL = Question(
    {"do": "dry_run", "of": "Stop", "epochs": 3, "logs": [{"accuracy": 0.5}, {"accuracy": 0.999}]},
    {"value": {"list": ["", "Reached 99.8%\n"]}, "stopped_after": 2},
    "",
    "",
)
RUN = Run("abcdef0123456789", ({"accuracy": 0.91}, {"accuracy": 0.95}), (2,), (), 5, stopped=True)
EVIDENCE = Evidence(
    "ada",
    "sums",
    "5" * 32,
    "2026-01-02T03:04:05+00:00",
    (
        ClaimEvidence(
            "stops",
            "It stops.",
            "assert [b]",
            "7" * 32,
            (LOOK, CALL, REHEARSAL),
            count=5,
            consulted=(Consulted(RUN), Consulted(RUN, 1)),
        ),
    ),
)
GRADED = Graded(
    "ada",
    "sums",
    (
        Verdict("stops", Outcome.FAILED, 2, "It did not\x07 stop."),
        Verdict("other", Outcome.NOT_ATTEMPTED, 1, "Begin."),
    ),
    (),
    1.0,
    "none",
    (),
    "",
    "",
)


def text(renderable: RenderableType) -> str:
    console = Console(width=80, record=True, markup=False)
    console.print(renderable)
    return console.export_text()


def flat(renderable: RenderableType) -> str:
    return " ".join(text(renderable).split())


def test_a_verdict_is_shown_with_test_questions_answers_and_trainings() -> None:
    shown = flat(explanation(GRADED, EVIDENCE))
    for part in (
        "ada, sums: 0 / 3 points for claims, graded 2026-01-02 03:04 UTC",
        "stops: failed, 0 / 2",
        "claim: It stops.",
        "assert [b]",
        f"asked: 5 questions; seed {'7' * 32}",
        "1. look at Stop -> Stop: Stop",
        "add(<float64 3x3: 0.5 1 ... 0 to 2 #01234567>, [1, ('[b]x\\x1b[2J'), and 3 more], "
        "n={'a': None})",
        "-> raised ValueError: no\\x1b[31m[/], in line 2, `raise`",
        "dry run of Stop with 3 epochs",
        "epoch 1: accuracy 0.5 epoch 2: accuracy 0.999 printed 'Reached 99.8%\\n'",
        "it stopped after epoch 2",
        "2 more were asked and are kept as digests",
        "training: abcdef0123, seed 0 (the student's own run): 2 epochs of 5 asked",
        "seed 1 (a further seed)",
        "accuracies: 0.9100, 0.9500",
        "other: not attempted, 0 / 1",
        "The test was not run",
    ):
        assert part in shown, part
    assert "\x07" not in shown


def test_what_surrounds_a_question_is_shown() -> None:
    files = {"dict": [["work/a.csv", {"bytes": 3, "sha256": "01234567"}], ["work/b", None]]}
    asked = {"do": "pyplot", "name": "gcf", "files": files, "argv": {"list": ["-x"]}}
    answer = {"value": {"object": "function"}, "stderr": "oh", "warned": {"list": ["old"]}}
    shown = flat(Group(*question_lines(Question(asked, answer, "", ""), 3)))
    assert shown == (
        "the test changed the files {'work/a.csv': 3 bytes #01234567, 'work/b': None} "
        "the test set the arguments ['-x'] 3. matplotlib.pyplot.gcf -> function "
        "wrote to stderr 'oh' warned ['old']"
    )


def test_one_claim_is_shown_alone_with_a_persons_decision() -> None:
    override = Override("other", 1, "It was there.", "ben", "2026-01-03T03:04:05+00:00")
    stops, other = GRADED.verdicts
    decided = dataclasses.replace(
        GRADED, verdicts=(stops, dataclasses.replace(other, override=override))
    )
    shown = flat(explanation(decided, EVIDENCE, "other"))
    assert "decision: 1 / 1 points, by ben on 2026-01-03: It was there." in shown
    assert "stops" not in shown


def test_a_replay_says_what_is_the_same_and_shows_what_is_not() -> None:
    same = Replayed("stops", Outcome.FAILED, Outcome.FAILED, 1)
    other = Replayed(
        *("adds", Outcome.PASSED, Outcome.FAILED, 5),
        same_answers=False,
        number=3,
        then_asked=CALL,
        now_asked=dataclasses.replace(CALL, answer={"value": 4}),
    )
    assert (same.same, other.same) == (True, False)
    shown = flat(replayed([same, other]))
    assert "stops: failed; 1 question, the same; the same answers" in shown
    assert "adds: passed then, failed now; 5 questions, the same; other answers" in shown
    assert "then: 3. add(" in shown
    assert "-> 4" in shown
    assert "1 of 2 claims are the same." in shown
