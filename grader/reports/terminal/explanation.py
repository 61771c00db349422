"""What a verdict rests on, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from grader.model import ClaimEvidence, Consulted, Evidence, Graded, Question, Score, Verdict
from grader.reports import training_text
from grader.reports.terminal.output_table import Indented, indented
from grader.reports.terminal.plain import lines, plain
from grader.reports.terminal.runs import KEY_SHOWN
from grader.reports.terminal.values import answer_text, call_text, logs_text, value_text

# What there may be beside an answer, and what the test changed ahead of a question.
_BESIDE = {
    "printed": "printed",
    "stderr": "wrote to stderr",
    "warned": "warned",
    "logged": "logged",
    "files": "changed the files",
}
_AHEAD = {
    "files": "the test changed the files",
    "random": "the test seeded",
    "environment": "the test set the variables",
    "argv": "the test set the arguments",
}

_NOT_RUN = "The test was not run: the verdict follows from how the student's cells went."


def explanation(graded: Graded, evidence: Evidence, claim: str = "") -> RenderableType:
    """Each claim with its verdict and what it rests on, in notebook order.

    Args:
        graded: the verdicts.
        evidence: their record.
        claim: only this one; empty for all.
    """
    known = {each.claim: each for each in evidence.claims}
    score = Score(graded.score, graded.max_score)
    head = f"{graded.student}, {graded.assignment}: {score} points for claims"
    parts: list[RenderableType] = [
        plain(f"{head}, graded {evidence.when[:16].replace('T', ' ')} UTC", "bold"),
        plain(f"The seed of all random draws: {evidence.seed}", "dim"),
        *(plain(f"Note: {note}.") for note in graded.notes),
    ]
    for verdict in graded.verdicts:
        if claim in {"", verdict.claim}:
            parts += [Text(), *_claim(verdict, known.get(verdict.claim))]
    return Group(*parts)


def question_lines(question: Question, number: int) -> Iterator[Indented]:
    """A question and its answer."""
    asked, answer = question.asked, question.answer
    for name, said in _AHEAD.items():
        if name in asked:
            yield indented(plain(f"{said} {value_text(asked[name])}"), 5)
    yield indented(plain(f"{number}. {call_text(asked)}"), 2)
    if asked["do"] == "dry_run":
        yield from _dry_run(question)
        return
    if "value" in answer and asked["do"] != "keep":
        yield indented(plain(f"-> {answer_text(asked, answer['value'])}"), 5)
    yield from _told(question)


def _claim(verdict: Verdict, evidence: ClaimEvidence | None) -> Iterator[RenderableType]:
    yield plain(f"{verdict.claim}: {verdict.outcome}, {verdict.machine_result.text}", "bold")
    if evidence is not None and evidence.statement:
        yield _part("claim", evidence.statement)
    if verdict.message:
        yield _part("verdict", verdict.message)
    if verdict.test_line:
        yield _part("ended in", verdict.test_line)
    if verdict.fault:
        yield _part("fault of the test", verdict.fault)
    if (decided := verdict.override) is not None:
        said = f"{verdict.result} points, by {decided.by} on {decided.day}: {decided.reason}"
        yield _part("decision", said)
    if evidence is None:
        yield _part("test", _NOT_RUN)
        return
    yield plain("test:", "cyan")
    yield indented(lines(evidence.test, "dim"), 2)
    yield from _asked(evidence)
    for each in evidence.consulted:
        yield from _consulted(each)


def _part(name: str, text: str) -> Text:
    return Text(f"{name}: ", "cyan").append_text(plain(text))


def _asked(evidence: ClaimEvidence) -> Iterator[RenderableType]:
    count = f"{evidence.count} question{'' if evidence.count == 1 else 's'}"
    yield _part("asked", f"{count}; seed {evidence.seed}")
    for number, question in enumerate(evidence.questions, 1):
        yield from question_lines(question, number)
    if left := evidence.count - len(evidence.questions):
        yield indented(Text(f"{left} more were asked and are kept as digests", "dim"), 2)


def _dry_run(question: Question) -> Iterator[Indented]:
    """A dry run, epoch by epoch: what was logged, and what the callback printed."""
    answer = question.answer
    printed = (answer.get("value") or {}) if isinstance(answer.get("value"), dict) else {}
    texts = printed.get("list", printed.get("tuple", []))
    for number, logs in enumerate(question.asked.get("logs", ()), 1):
        if "error" not in answer and number > len(texts) and not printed.get("more"):
            break
        text = plain(f"epoch {number}: {logs_text(logs)}")
        if number <= len(texts) and texts[number - 1]:
            text.append_text(plain(f"  printed {value_text(texts[number - 1])}"))
        yield indented(text, 5)
    yield from _told(question)
    if "error" not in answer and "no answer" not in answer:
        stopped = answer.get("stopped_after")
        end = "it did not stop" if stopped is None else f"it stopped after epoch {stopped}"
        yield indented(plain(f"-> {end}"), 5)


def _told(question: Question) -> Iterator[Indented]:
    answer = question.answer
    if "no answer" in answer:
        yield indented(plain(f"-> no answer: {answer['no answer']}"), 5)
    if "error" in answer:
        where = f", in {answer['line']}" if "line" in answer else ""
        said = f"-> raised {answer['error']}: {answer.get('message', '')}{where}"
        yield indented(plain(said), 5)
    for name, said in _BESIDE.items():
        if name in answer:
            yield indented(plain(f"{said} {value_text(answer[name])}"), 5)


def _consulted(consulted: Consulted) -> Iterator[RenderableType]:
    run = consulted.run
    name = run.key[:KEY_SHOWN] or "without a key"
    own = "the student's own run" if consulted.seed == 0 else "a further seed"
    epochs = training_text.epochs(run.epochs)
    yield _part("training", f"{name}, seed {consulted.seed} ({own}): {epochs} of {run.asked} asked")
    said = (training_text.end(run), training_text.measured(run))
    yield indented(plain(" ".join(each for each in said if each)), 2)
    yield indented(plain(f"accuracies: {training_text.accuracies(run)}"), 2)
