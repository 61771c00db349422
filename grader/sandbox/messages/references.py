"""How what is no plain data is named in a message."""

from __future__ import annotations

import dataclasses

from grader.sandbox.guest.protocol import MAX_MESSAGE, MAX_NAME
from grader.sandbox.messages.fields import Field, Kind, Message, Sender

_NUMBER = Field("handle", Kind.NATURAL, "its number, until the next look")
_WEIGHTS = Field("weights", Kind.VALUE, "list of arrays, in order", nullable=True)
_OF_CLASS = Field("of", Kind.VALUE, "its class")
_NUMBER_OF_CLASS = Field("of", Kind.NATURAL, "number of its class")
_MEMBER = Field("member", Kind.VALUE, "its name; of a flag, its value")
_NAMED = Field("named", Kind.VALUE, "list of its values")
_BUILT_IN = Field("builtin", Kind.TEXT, "its name, as `int`; of a library's function, `math:sin`")
_RAISED_FROM = (
    Field("cause", Kind.VALUE, "the exception that it was raised from", nullable=True),
    Field("context", Kind.VALUE, "what was being handled, if not that", nullable=True),
    Field("suppress", Kind.TRUTH, "the context is not to be shown"),
    Field("notes", Kind.TEXTS, "what was added to it as notes"),
)
_VIEW = (
    Field("view", Kind.TEXT, "`keys`, `values` or `items`"),
    Field("items", Kind.VALUE, "a dict; of `values`, a list"),
)

REFERENCES = (
    Message(
        "handle",
        Sender.AGENT,
        "Something that stays in the kernel; the same object has the same number.",
        (
            _NUMBER,
            Field("type", Kind.TEXT, "name of its class", most=MAX_NAME),
            Field("of", Kind.VALUE, "its class, if it is not Python's own", optional=True),
            Field("hash", Kind.VALUE, "of a key or a member of a set", optional=True),
            Field("compared", Kind.VALUE, "the same, of a dataclass: its fields", optional=True),
        ),
    ),
    Message(
        "builtin",
        Sender.AGENT,
        "A class of Python's own, or a function of Python's or NumPy's that computes.",
        (_BUILT_IN,),
    ),
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
            Field("protocol", Kind.TEXTS, "attributes by which it knows instances", optional=True),
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
            Field("bare", Kind.TRUTH, "it has no other attributes"),
            *_RAISED_FROM,
        ),
    ),
    Message("member", Sender.AGENT, "A member of an enumeration.", (_MEMBER, _OF_CLASS)),
    Message("named", Sender.AGENT, "A named tuple.", (_NAMED, _OF_CLASS)),
    Message(
        "view",
        Sender.AGENT,
        "The keys, values or items of a dict.",
        _VIEW,
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
    Message(
        "handle",
        Sender.EXAMINER,
        "Something that the kernel keeps.",
        (_NUMBER, Field("weights", Kind.VALUE, "of a model, if the test set them", optional=True)),
    ),
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
        "A stand-in for something of the examiner's; of an exception, with what became of it.",
        (
            Field("own", Kind.NATURAL, "its number"),
            *(dataclasses.replace(field, optional=True) for field in _RAISED_FROM),
        ),
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
        "error",
        Sender.EXAMINER,
        "An exception that the test has made.",
        (
            Field("error", Kind.VALUE, "tuple of its class and the list of its arguments"),
            Field(
                "number", Kind.NATURAL, "its number as `own`; null if it ends loops", nullable=True
            ),
            Field("notes", Kind.TEXTS, "what was added to it as notes"),
            Field("attributes", Kind.NAMED_VALUES, "of one of a library's class"),
        ),
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
        _VIEW,
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
