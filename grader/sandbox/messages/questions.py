"""The examiner's questions, and the agent's answers."""

from __future__ import annotations

from grader.sandbox.guest.protocol import MAX_ERROR_NAME, MAX_LINE, MAX_MESSAGE, MAX_PRINTED
from grader.sandbox.messages.fields import Field, Kind, Message, Sender

_PRINTED = Field("printed", Kind.TEXT, "what the call printed", most=MAX_PRINTED)

# What a test cell and a student's code have around a question: see ``surroundings.py``.
_FILES = Field(
    "files", Kind.VALUE, "changed since the last message: dict of name to bytes", optional=True
)
_AROUND_QUESTION = (
    _FILES,
    Field("random", Kind.VALUE, "state of the generators that the test seeded", optional=True),
    Field("levels", Kind.VALUE, "dict of loggers to the levels that the test set", optional=True),
    Field("environment", Kind.VALUE, "dict of the variables that the test set", optional=True),
    Field("argv", Kind.VALUE, "list of the arguments that the test set", optional=True),
    Field("here", Kind.TEXT, "place that the test went to, below its folder", optional=True),
)
_AROUND_ANSWER = (
    _FILES,
    Field("stderr", Kind.TEXT, "what was written there", most=MAX_PRINTED, optional=True),
    Field("warned", Kind.VALUE, "warnings: list of class names, text and class", optional=True),
    Field(
        "logged",
        Kind.VALUE,
        "records: list of logger, level, text, exception, plain attributes",
        optional=True,
    ),
)


_CHANGED = Field(
    "changed",
    Kind.NAMED_VALUES,
    "numbered values that are no more what the other side knows, by number",
    optional=True,
)
_KEPT = Field(
    "kept",
    Kind.NUMBERS,
    "values numbered in this message that the sender still holds; others are dropped",
    optional=True,
)
_DROPPED = Field(
    "dropped",
    Kind.NUMBERS,
    "values numbered in earlier messages that the sender does not hold any more",
    optional=True,
)
_END = (_CHANGED, _KEPT, _DROPPED)
_WITHIN = Field("within", Kind.NATURAL, "how deep in callbacks it is asked", optional=True)
_PATCHED = Field(
    "patched",
    Kind.NAMED_VALUES,
    "what the test has replaced, as `random:randint`; `__main__` has the notebook's names",
    optional=True,
)


def _question(name: str, about: str, *fields: Field) -> Message:
    """A question of the examiner's; its field ``do`` says which."""
    do = Field("do", Kind.TEXT, "which question", always=name)
    around = (*_AROUND_QUESTION, _PATCHED, _WITHIN, *_END)
    return Message(name, Sender.EXAMINER, about, (do, *fields, *around))


_OF = Field("of", Kind.NATURAL, "number of a handle")
_ARGUMENTS = Field("arguments", Kind.VALUES, "positional arguments")

QUESTIONS = (
    Message(
        "ready",
        Sender.AGENT,
        "Asks for a question. The examiner has run the line `answer()`.",
        (Field("ready", Kind.TRUTH, "marks the message", always=True),),
    ),
    _question(
        "keep",
        "Keeps what some of the notebook's names are now, for a later look.",
        Field("names", Kind.TEXTS, "names that are not defined are not kept"),
        Field("place", Kind.TEXT, "under which they are kept"),
    ),
    _question(
        "look",
        "Asks for the values of some of the notebook's names. Drops all handles.",
        Field(
            "names", Kind.TEXTS, "`*` in one stands for any text; what is not defined is left out"
        ),
        Field("place", Kind.TEXT, "what was kept there comes before what is defined now"),
        Field("folder", Kind.TEXT, "of the test; its files are shared from now on", optional=True),
    ),
    _question(
        "call",
        "Calls a handle.",
        _OF,
        _ARGUMENTS,
        Field("named", Kind.NAMED_VALUES, "keyword arguments"),
    ),
    _question(
        "operate",
        "Does what Python does with an object beyond calling it: attributes, items, iteration, "
        "`with`, conversions, operators.",
        Field("operation", Kind.TEXT, "a name in `OPERATIONS` of `objects.py`"),
        Field("arguments", Kind.VALUES, "what it is done with, the object first"),
    ),
    _question(
        "run",
        "Runs a function of a check's module beside the student's objects. It gathers facts and "
        "holds no expected answer.",
        Field("module", Kind.TEXT, "name of the module"),
        Field("function", Kind.TEXT, "name of the function"),
        Field("modules", Kind.NAMED_TEXTS, "source of the module and of those that it imports"),
        _ARGUMENTS,
    ),
    _question(
        "dry_run",
        "Shows a callback's class a training with made-up logs and no computing.",
        _OF,
        Field("epochs", Kind.NATURAL, "how many"),
    ),
    _question(
        "pyplot",
        "Asks for a function of the kernel's pyplot, which the test's own stands for.",
        Field("name", Kind.TEXT, "name of the function"),
    ),
    _question("clock", "Asks for the processor time that the kernel has used, in seconds."),
    Message(
        "answer",
        Sender.AGENT,
        "Answers a question.",
        (Field("value", Kind.VALUE, "the answer"), _PRINTED, *_AROUND_ANSWER, *_END),
    ),
    Message(
        "error",
        Sender.AGENT,
        "Says what was raised instead of an answer.",
        (
            Field("error", Kind.TEXT, "name of the exception's class", most=MAX_ERROR_NAME),
            Field("message", Kind.TEXT, "its message", most=MAX_MESSAGE),
            Field("line", Kind.TEXT, "of a cell's code that raised it", most=MAX_LINE),
            Field("again", Kind.NATURAL, "number of an exception of the test's", optional=True),
            Field("raised", Kind.VALUE, "the exception, if it can be sent", optional=True),
            _PRINTED,
            *_AROUND_ANSWER,
            *_END,
        ),
    ),
    Message(
        "callback",
        Sender.AGENT,
        "Does something with what the test handed in, before the answer. The reply says what came "
        "of it, or is a question; then the callback waits until that is answered.",
        (
            Field("callback", Kind.TEXT, "`get`, `set` or the name of a special method"),
            Field("of", Kind.NATURAL, "number of the test's function or object"),
            _ARGUMENTS,
            Field("named", Kind.NAMED_VALUES, "keyword arguments"),
            *_END,
        ),
    ),
    Message(
        "returned",
        Sender.EXAMINER,
        "Says the outcome of a callback.",
        (
            Field("do", Kind.TEXT, "marks it", always="returned"),
            Field("value", Kind.VALUE, "what was returned"),
            *_END,
        ),
    ),
    Message(
        "raised",
        Sender.EXAMINER,
        "Says that a callback raised something.",
        (
            Field("do", Kind.TEXT, "marks it", always="raised"),
            Field("value", Kind.VALUE, "the exception"),
            *_END,
        ),
    ),
    Message("received", Sender.EXAMINER, "Ends the exchange; an empty object."),
)
