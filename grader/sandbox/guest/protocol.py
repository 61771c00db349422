"""What the grader and the kernel agent may send each other, as data; both sides import it.

``PROTOCOL.md`` is written from this module (``python -m grader.sandbox.protocol_page``), and tests
hold both sides to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = 5
"""Said when the agent is installed. Add 1 when a message, a field or a limit changes."""

# The lines that the grader runs in the kernel. They bind no name among the student's.
_AGENT = "__import__('importlib').import_module('grader.sandbox.guest')"
INSTALL = f"{_AGENT}.install({VERSION})"
ANSWER = f"{_AGENT}.answer()"

CHUNK = 8 << 20  # bytes; the client refuses a message part of more than 16 MB
MAX_BYTES = 512 << 20
MAX_NODES = 1_000_000
MAX_DEPTH = 64
MAX_DIGITS = 1000
# Of all dicts and sets in one answer: their keys can be chosen to collide, and then each new one is
# compared with all that came before. Texts and bytes cannot: Python salts their hashes.
MAX_KEYS = 10_000
MAX_INT_KEYS = 100_000  # of whole numbers below 2**32, which can be made to collide less often
PACKED_FROM = 1000
MAX_ITEMS = 5_000_000
MAX_TEXT = 10_000
MAX_TEXTS = 32 << 20
MAX_PRINTED = 1_000_000
MAX_ERROR_NAME = 100
MAX_NAME = 200
MAX_KEPT = 100_000
MAX_CLASSES = 10_000
MAX_MESSAGE = 10_000
MAX_LINE = 200
MAX_REFUSAL = 2000
MAX_CALLBACKS = 50
MAX_FILES = 1000
MAX_FILES_BYTES = 16 << 20
MAX_FILE_NAME = 1000
MAX_NOTICES = 1000
MAX_CALLS_BACK = 100_000
MAX_CALL_DEPTH = 50


class Sender(StrEnum):
    """Who sends a message."""

    AGENT = "agent"
    EXAMINER = "examiner"
    FIT = "fit"
    REFEREE = "referee"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NATURAL = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    VALUE = "value"
    TEXTS = "list of texts"
    NUMBERS = "list of numbers"
    VALUES = "list of values"
    NAMED_VALUES = "object of values"
    NAMED_TEXTS = "object of texts"
    NAMED_NUMBERS = "object of numbers"
    PARTS = "list of parts"
    PARAMETERS = "list of name, kind and whether it may be left out"
    IMAGES = "images"
    NOTHING = "null"


@dataclass(frozen=True)
class Field:
    """One field of a message.

    Attributes:
        name: the key in the JSON object.
        kind: what it holds.
        about: what that means.
        always: the only value that it has, where there is one.
        most: how many characters or items the receiver takes; None where only the limits on a whole
            message hold.
        optional: the field may be left out.
        nullable: the field may be null.
    """

    name: str
    kind: Kind
    about: str = ""
    always: str | bool | None = None
    most: int | None = None
    optional: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Message:
    """A JSON object that one side sends.

    Attributes:
        name: for people; it is not sent.
        sender: who sends it.
        about: when, and what for.
        fields: in the order of the documentation.
    """

    name: str
    sender: Sender
    about: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Limit:
    """A limit that both sides hold.

    Attributes:
        name: the constant's name in this module.
        unit: what is counted.
        about: in what it is counted.
    """

    name: str
    unit: str
    about: str


LIMITS = (
    Limit("CHUNK", "bytes", "one buffer; longer data are sent as several"),
    Limit("MAX_BYTES", "bytes", "all buffers of one answer, counted as often as they are named"),
    Limit("MAX_NODES", "values", "one answer, parts of parts included"),
    Limit("MAX_DEPTH", "levels", "values in values"),
    Limit("PACKED_FROM", "items", "the shortest list or tuple that is packed"),
    Limit("MAX_ITEMS", "items", "one packed list or tuple"),
    Limit("MAX_TEXT", "characters", "one text as JSON; longer ones are sent as bytes"),
    Limit("MAX_TEXTS", "characters", "all texts as JSON of one answer"),
    Limit("MAX_KEYS", "keys", "all dicts and sets of one answer, text and bytes apart"),
    Limit("MAX_INT_KEYS", "keys", "those of whole numbers below 2**32, which count apart"),
    Limit("MAX_DIGITS", "hexadecimal digits", "one integer"),
    Limit("MAX_PRINTED", "characters", "what one call, or one dry run, prints"),
    Limit("MAX_ERROR_NAME", "characters", "the name of an exception"),
    Limit("MAX_NAME", "characters", "the name of a class or of its module"),
    Limit("MAX_KEPT", "objects", "what one test cell has handles of"),
    Limit("MAX_CLASSES", "classes", "the classes of these objects"),
    Limit("MAX_MESSAGE", "characters", "the message of an exception"),
    Limit("MAX_LINE", "characters", "the line of code that raised an exception"),
    Limit("MAX_REFUSAL", "characters", "why the stand-in refuses a call of fit"),
    Limit("MAX_CALLBACKS", "names", "the callbacks of one call of fit"),
    Limit("MAX_FILES", "files and folders", "what test and kernel share by copy"),
    Limit("MAX_FILES_BYTES", "bytes", "the files of one message"),
    Limit("MAX_FILE_NAME", "characters", "the name of a shared file"),
    Limit("MAX_NOTICES", "warnings, and as many log records", "one answer"),
    Limit("MAX_CALLS_BACK", "calls", "what a student's code calls of one test's"),
    Limit("MAX_CALL_DEPTH", "calls", "calls back and forth in calls"),
)

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
    Field("logged", Kind.VALUE, "records: list of logger, level and text", optional=True),
)


_CHANGED = Field(
    "changed",
    Kind.NAMED_VALUES,
    "numbered values that are no more what the other side knows, by number",
    optional=True,
)
_WHILE_CALLED_BACK = (
    Field("within", Kind.NATURAL, "how deep in callbacks it is asked", optional=True),
    _CHANGED,
)
_PATCHED = Field(
    "patched", Kind.NAMED_VALUES, "what the test has replaced, as `random:randint`", optional=True
)


def _question(name: str, about: str, *fields: Field) -> Message:
    """A question of the examiner's; its field ``do`` says which."""
    do = Field("do", Kind.TEXT, "which question", always=name)
    around = (*_AROUND_QUESTION, _PATCHED, *_WHILE_CALLED_BACK)
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
        Field("names", Kind.TEXTS, "names that are not defined are left out of the answer"),
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
        (Field("value", Kind.VALUE, "the answer"), _PRINTED, *_AROUND_ANSWER, _CHANGED),
    ),
    Message(
        "error",
        Sender.AGENT,
        "Says what was raised instead of an answer.",
        (
            Field("error", Kind.TEXT, "name of the exception's class", most=MAX_ERROR_NAME),
            Field("message", Kind.TEXT, "its message", most=MAX_MESSAGE),
            Field("line", Kind.TEXT, "of a cell's code that raised it", most=MAX_LINE),
            Field("again", Kind.NATURAL, "number of `raised`, if it is that", optional=True),
            Field("of_test", Kind.NATURAL, "number of its class, if the test's", optional=True),
            Field("raised", Kind.VALUE, "the exception, if it can be sent", optional=True),
            _PRINTED,
            *_AROUND_ANSWER,
            _CHANGED,
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
            _CHANGED,
        ),
    ),
    Message(
        "returned",
        Sender.EXAMINER,
        "Says what came of a callback.",
        (
            Field("do", Kind.TEXT, "marks it", always="returned"),
            Field("value", Kind.VALUE, "what was returned"),
            _CHANGED,
        ),
    ),
    Message(
        "raised",
        Sender.EXAMINER,
        "Says that a callback raised something.",
        (
            Field("do", Kind.TEXT, "marks it", always="raised"),
            Field("class", Kind.VALUE, "its class"),
            Field("arguments", Kind.VALUES, "of which it is made"),
            Field("number", Kind.NATURAL, "by which the examiner knows it"),
            _CHANGED,
        ),
    ),
    Message("received", Sender.EXAMINER, "Ends the exchange; an empty object."),
)


def _from_fit(name: str, about: str, *fields: Field, fit: str = "") -> Message:
    """A message of the stand-in's; its field ``fit`` says which."""
    marker = Field("fit", Kind.TEXT, "which message", always=fit or name)
    return Message(name, Sender.FIT, about, (marker, *fields))


_TRAINING = Field(
    "training", Kind.NATURAL, "its number; -1 for a dry run, -2 where logs are made up"
)
_EPOCHS = Field("epochs", Kind.NATURAL, "how many are asked for")

TRAININGS = (
    _from_fit(
        "begin",
        "Begins a training.",
        Field("continues", Kind.NATURAL, "the model's last training", nullable=True),
        Field("fresh_optimizer", Kind.TRUTH, "the model was compiled since then"),
        Field("network", Kind.TEXT, "the model's JSON", nullable=True),
        Field("compiled", Kind.TEXT, "its compile configuration, as JSON", nullable=True),
        Field("why", Kind.TEXT, "why there is no JSON, or the empty text"),
        Field("images", Kind.IMAGES, "which of the course's images are trained on"),
        Field("validation", Kind.IMAGES, "which are validated on", nullable=True),
        Field("validation_split", Kind.NUMBER, "share of the images that is validated on"),
        Field("validated", Kind.TRUTH, "there is validation; not read"),
        Field("batch_size", Kind.NATURAL, "images in a batch"),
        _EPOCHS,
        Field("shuffle", Kind.TRUTH, "images are shuffled for each epoch"),
        Field("callbacks", Kind.TEXTS, "names of the callbacks' classes", most=MAX_CALLBACKS),
        Field("classes", Kind.NUMBERS, "numbers of these classes", most=MAX_CALLBACKS),
    ),
    _from_fit(
        "begin a dry run",
        "Begins a training whose logs are made up, after the question `dry_run`.",
        Field("dry_run", Kind.TRUTH, "marks it", always=True),
        _EPOCHS,
        fit="begin",
    ),
    _from_fit(
        "epoch",
        "Asks for the next epoch.",
        _TRAINING,
        Field("learning_rate", Kind.NUMBER, "that a callback set, if one did", nullable=True),
    ),
    _from_fit(
        "end",
        "Ends a training.",
        _TRAINING,
        Field("stopped", Kind.TRUTH, "a callback stopped it"),
    ),
    _from_fit(
        "refused",
        "Tells that the stand-in itself refused a call of fit.",
        Field("why", Kind.TEXT, "as the student reads it", most=MAX_REFUSAL),
    ),
    Message(
        "begun",
        Sender.REFEREE,
        "Answers begin.",
        (
            _TRAINING,
            Field("epochs", Kind.NATURAL, "how many will be carried out at most"),
            Field("made_up", Kind.TRUTH, "no claim rests on it: logs are made up", optional=True),
        ),
    ),
    Message(
        "trained",
        Sender.REFEREE,
        "Answers epoch.",
        (
            Field("logs", Kind.NAMED_NUMBERS, "the epoch's logs"),
            Field(
                "weights",
                Kind.VALUE,
                "all weights, in order; null where logs are made up",
                nullable=True,
            ),
            Field(
                "steps",
                Kind.NATURAL,
                "of the optimizer; none where logs are made up",
                optional=True,
            ),
        ),
    ),
    Message("ended", Sender.REFEREE, "Answers end and refused; an empty object."),
    Message(
        "refusal",
        Sender.REFEREE,
        "Answers any message that is not accepted; fit raises FitRefused.",
        (Field("refused", Kind.TEXT, "why, as the student reads it"),),
    ),
    Message(
        "fault",
        Sender.REFEREE,
        "Answers any message where the referee failed; fit raises GraderFailed.",
        (Field("fault", Kind.TEXT, "what happened"),),
    ),
)

IMAGES = (
    Field("dataset", Kind.TEXT, "mnist or fashion_mnist"),
    Field("part", Kind.TEXT, "train or test"),
    Field("first", Kind.NATURAL, "row of the first image"),
    Field("count", Kind.NATURAL, "how many"),
    Field("divisor", Kind.NUMBER, "each number was divided by it"),
    Field("offset", Kind.NUMBER, "and this was added"),
    Field("shape", Kind.NUMBERS, "of one image"),
    Field("one_hot", Kind.TRUTH, "labels are rows of zeros and ones"),
    Field(
        "levels", Kind.TEXT, "256 float32 in base64, if the formula rounds otherwise; else empty"
    ),
    Field("rows", Kind.TEXT, "a bit for each row from the first on, in base64", optional=True),
    Field("curve", Kind.TEXT, "256 float32 in base64, in place of the formula", optional=True),
    Field("pixels", Kind.TEXT, "784 factors and 784 offsets, likewise", optional=True),
    Field("norm", Kind.TEXT, "what of an image was divided by its length", optional=True),
)

_NUMBER = Field("handle", Kind.NATURAL, "its number, until the next look")
_WEIGHTS = Field("weights", Kind.VALUE, "list of arrays, in order", nullable=True)
_OF_CLASS = Field("of", Kind.VALUE, "its class")
_NUMBER_OF_CLASS = Field("of", Kind.NATURAL, "number of its class")
_MEMBER = Field("member", Kind.VALUE, "its name; of a flag, its value")
_NAMED = Field("named", Kind.VALUE, "list of its values")
_BUILT_IN = Field("builtin", Kind.TEXT, "its name")

REFERENCES = (
    Message(
        "handle",
        Sender.AGENT,
        "Something that stays in the kernel; the same object has the same number.",
        (
            _NUMBER,
            Field("type", Kind.TEXT, "name of its class", most=MAX_NAME),
            Field("of", Kind.VALUE, "its class, if it is not Python's own", optional=True),
        ),
    ),
    Message("builtin", Sender.AGENT, "A class of Python's own.", (_BUILT_IN,)),
    Message(
        "class",
        Sender.AGENT,
        "A class that was described in this answer.",
        (Field("class", Kind.NATURAL, "its number, as a handle's"),),
    ),
    Message(
        "class",
        Sender.AGENT,
        "Any other class, where an answer names it first.",
        (
            Field("class", Kind.NATURAL, "its number, as a handle's"),
            Field("name", Kind.TEXT, "its own name", most=MAX_NAME),
            Field("module", Kind.TEXT, "the name of its module", most=MAX_NAME),
            Field("number", Kind.NATURAL, "as in begin"),
            Field("able", Kind.TEXTS, "special methods that it has, without underscores"),
            Field("bases", Kind.VALUES, "its bases, `object` left out"),
            Field(
                "form",
                Kind.TEXT,
                "`object`, `exception`, `enumeration`, `named tuple` or `dataclass`",
            ),
            Field("fields", Kind.TEXTS, "of a named tuple or a dataclass", optional=True),
            Field("compared", Kind.TEXTS, "fields by which two objects are equal", optional=True),
            Field("ordered", Kind.TRUTH, "they are also ordered by these", optional=True),
            Field("enumeration", Kind.TEXT, "which class of `enum`", optional=True),
            Field("mixed", Kind.TEXT, "the type of its values, if it is one's own", optional=True),
            Field("members", Kind.VALUE, "list of tuples of a name and a value", optional=True),
        ),
    ),
    Message(
        "exception",
        Sender.AGENT,
        "An exception.",
        (
            Field("exception", Kind.NATURAL, "its number, as a handle's"),
            _OF_CLASS,
            Field("arguments", Kind.VALUE, "list of its arguments"),
            Field("message", Kind.TEXT, "its text", most=MAX_MESSAGE),
            Field("cause", Kind.VALUE, "the exception that it was raised from", nullable=True),
        ),
    ),
    Message("member", Sender.AGENT, "A member of an enumeration.", (_MEMBER, _OF_CLASS)),
    Message("named", Sender.AGENT, "A named tuple.", (_NAMED, _OF_CLASS)),
    Message(
        "view",
        Sender.AGENT,
        "The keys, values or items of a dict.",
        (
            Field("view", Kind.TEXT, "`keys`, `values` or `items`"),
            Field("items", Kind.VALUE, "a dict; of `values`, a list"),
        ),
    ),
    Message(
        "model",
        Sender.AGENT,
        "A Keras model.",
        (
            Field("model", Kind.NATURAL, "its number, as a handle's"),
            Field("type", Kind.TEXT, "name of its class"),
            Field("parts", Kind.PARTS, "its layers and operations, and theirs"),
            Field("description", Kind.TEXT, "its JSON", nullable=True),
            _WEIGHTS,
            Field("compiled", Kind.TEXT, "its compile configuration, as JSON", nullable=True),
            Field("built", Kind.TRUTH, "it has weights"),
        ),
    ),
    Message(
        "history",
        Sender.AGENT,
        "A Keras History.",
        (Field("history", Kind.VALUE, "list of its history, epoch and params"),),
    ),
    Message("handle", Sender.EXAMINER, "Something that the kernel keeps.", (_NUMBER,)),
    Message("builtin", Sender.EXAMINER, "A class of Python's own.", (_BUILT_IN,)),
    Message("member", Sender.EXAMINER, "A member of an enumeration.", (_MEMBER, _NUMBER_OF_CLASS)),
    Message("named", Sender.EXAMINER, "A named tuple.", (_NAMED, _NUMBER_OF_CLASS)),
    Message(
        "own",
        Sender.EXAMINER,
        "Something that stays in the examiner; the kernel makes a stand-in.",
        (
            Field("own", Kind.NATURAL, "its number"),
            Field("kind", Kind.TEXT, "`function`, `generator`, `iterator`, `class` or `object`"),
            Field("name", Kind.TEXT, "its own, or that of its class", optional=True),
            Field("doc", Kind.TEXT, "of a function", optional=True, nullable=True),
            Field("parameters", Kind.PARAMETERS, "of a function", optional=True, nullable=True),
            Field("bases", Kind.VALUES, "of a class", optional=True),
            Field("special", Kind.TEXTS, "names of special methods", optional=True),
            Field("class", Kind.VALUE, "of an object", optional=True, nullable=True),
        ),
    ),
    Message(
        "own",
        Sender.AGENT,
        "A stand-in for something of the examiner's.",
        (Field("own", Kind.NATURAL, "its number"),),
    ),
    Message(
        "library",
        Sender.EXAMINER,
        "A function, class or module of a library.",
        (Field("library", Kind.TEXT, "module and name, as `math:sqrt`"),),
    ),
    Message(
        "partial",
        Sender.EXAMINER,
        "A `functools.partial`.",
        (Field("partial", Kind.VALUE, "tuple of function, arguments and keyword arguments"),),
    ),
    Message(
        "method",
        Sender.EXAMINER,
        "A method of a value that travels.",
        (Field("method", Kind.VALUE, "tuple of the value and the method's name"),),
    ),
    Message(
        "view",
        Sender.EXAMINER,
        "The keys, values or items of a dict.",
        (
            Field("view", Kind.TEXT, "`keys`, `values` or `items`"),
            Field("items", Kind.VALUE, "a dict; of `values`, a list"),
        ),
    ),
    Message(
        "model",
        Sender.EXAMINER,
        "A model of the examiner's own.",
        (
            Field("model", Kind.NOTHING, "marks the reference"),
            Field("description", Kind.TEXT, "its JSON"),
            _WEIGHTS,
        ),
    ),
)

PART = (
    Field("type", Kind.TEXT, "name of its class"),
    Field("own", Kind.TRUTH, "the class is none of Keras'"),
    Field("name", Kind.TEXT, "its name"),
    Field("layer", Kind.TRUTH, "it is a layer"),
    Field("model", Kind.TRUTH, "it is a model"),
    Field("config", Kind.TEXT, "its configuration, as JSON", nullable=True),
    Field("parts", Kind.PARTS, "what it holds"),
)
