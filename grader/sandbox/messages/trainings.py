"""What the stand-in for ``fit`` says, and the referee's answers."""

from __future__ import annotations

from grader.sandbox.guest.protocol import MAX_CALLBACKS, MAX_REFUSAL
from grader.sandbox.messages.fields import Field, Kind, Message, Sender


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
        Field("why", Kind.TEXT, "in English", most=MAX_REFUSAL),
        Field("templates", Kind.TEXTS, "what it is made of, to be translated", optional=True),
        Field("values", Kind.NAMED_TEXTS, "what goes into their fields", optional=True),
    ),
    _from_fit(
        "say",
        "Asks for a line in the course's language, which the stand-in prints.",
        Field("why", Kind.TEXT, "the line in English", most=MAX_REFUSAL),
        Field("templates", Kind.TEXTS, "what it is made of, to be translated"),
        Field("values", Kind.NAMED_TEXTS, "what goes into their fields"),
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
    Message("ended", Sender.REFEREE, "Answers end; an empty object."),
    Message(
        "refusal",
        Sender.REFEREE,
        "Answers refused, and any message that is not accepted; fit raises FitRefused.",
        (Field("refused", Kind.TEXT, "why, as the student reads it"),),
    ),
    Message(
        "said",
        Sender.REFEREE,
        "Answers say.",
        (Field("said", Kind.TEXT, "the line as the student reads it"),),
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
    Field("pixels", Kind.TEXT, "784 factors and 784 offsets, in the same way", optional=True),
    Field("norm", Kind.TEXT, "what of an image was divided by its length", optional=True),
)
