"""What a student's code raised, as an exception that a test can catch here.

Its class derives from Python's own exception that the student's derives from, so ``except
ValueError`` and ``pytest.raises(BankError)`` mean what they mean in a notebook. It has the text
and the arguments that the kernel told; other attributes are asked for. None ends a loop or this
process: what is no ``Exception``, and what ends loops, becomes ``StudentRaised``.
"""

from __future__ import annotations

import builtins
import contextlib
from functools import partial
from typing import Any

from grader.errors import ClaimFailed
from grader.examiner.notes import take_students
from grader.examiner.objects import real_classes
from grader.examiner.objects.kept import FACTS, ClassFacts, Kept, facts_of
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder

_KEPT = "_kept_exception"

OF_THE_AGENT = frozenset(("ClaimFailed", "Malformed", "Unsendable"))
"""Names that have a meaning of their own, whoever raises them."""

# They would end a test's loop over answers, as if all of them had been seen.
_ENDS_LOOPS = (StopIteration, StopAsyncIteration)


class StudentRaised(Exception):  # noqa: N818 -- named for what happened
    """An exception of the student's without a counterpart among Python's own."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class StudentExits(StudentRaised, SystemExit):
    """The student's code wants to end Python."""


class StudentInterrupts(StudentRaised, KeyboardInterrupt):
    """The student's code raised ``KeyboardInterrupt``."""


_STANDS_FOR: dict[type, type[Exception]] = {
    SystemExit: StudentExits,
    KeyboardInterrupt: StudentInterrupts,
}


# Attributes of Python's own exceptions that are set by what raises them, as by a failing ``open``.
_BESIDE_ARGUMENTS = frozenset(("filename", "filename2", "characters_written"))


_OURS = frozenset(("args", "by_student"))


class _Told:
    """What an exception here has beside its class."""

    by_student = False  # not asked for; see ``Proxies``

    def __getattribute__(self, name: str) -> Any:
        """Ask for what Python's own exceptions keep beside their arguments."""
        kept = vars(self).get(_KEPT) if name in _BESIDE_ARGUMENTS else None
        return super().__getattribute__(name) if kept is None else kept.operate("getattr", name)

    def __init__(self, *_: Any) -> None:
        """Do nothing: arguments and text came from the kernel."""

    def __str__(self) -> str:
        return str(vars(self).get("_message", ""))

    def __setattr__(self, name: str, value: Any) -> None:
        """Set it where the exception is: a method of a test's class may do so, too."""
        kept = vars(self).get(_KEPT)
        if kept is None or name.startswith("__") or name in _OURS:
            super().__setattr__(name, value)
        else:
            kept.operate("setattr", name, value)

    def __getattr__(self, name: str) -> Any:
        kept = vars(self).get(_KEPT)
        if kept is None or name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return kept.operate("getattr", name)


def from_name(name: str, message: str) -> Exception:
    """What the student's code raised, as the exception of that name if Python has one."""
    if name == "ClaimFailed":
        return ClaimFailed(message)
    if name in ("Malformed", "Unsendable"):
        return ClaimFailed("Your answer cannot be judged: {message}.", message=message)
    base = base_of(getattr(builtins, name, None))
    if base is StudentRaised or issubclass(base, ExceptionGroup):  # its parts are not told
        return StudentRaised(name, message)
    return _instance(_named(name, base), name, message)


def told(names: tuple[Any, ...], text: str, own: Any) -> tuple[type[Exception], Exception]:
    """An exception that was only told of, and its class: no attribute of it is asked for.

    Args:
        names: the full names of its class and of those that it is derived from.
        text: its own.
        own: its class, if that stands for one of the student's.
    """
    if isinstance(own, type) and facts_of(own) is not None and issubclass(own, Exception):
        return own, _instance(own, own.__name__, text)
    pythons = [str(name).removeprefix("builtins.") for name in names]
    known = next((name for name in pythons if _is_pythons(name)), "Exception")
    error = from_name(known, text)
    kind = base_of(getattr(builtins, known))
    return (kind if pythons[0] == known and isinstance(error, kind) else type(error)), error


def _is_pythons(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def base_of(kind: Any) -> type[Exception]:
    """The exception that stands for one of Python's own, or else ``StudentRaised``."""
    if not isinstance(kind, type) or not issubclass(kind, BaseException):
        return StudentRaised
    for exits, stands in _STANDS_FOR.items():
        if issubclass(kind, exits):
            return stands
    if issubclass(kind, BaseExceptionGroup):  # all parts are exceptions that end no process
        return ExceptionGroup
    return (
        kind if issubclass(kind, Exception) and not issubclass(kind, _ENDS_LOOPS) else StudentRaised
    )


def class_of(meta: type, facts: ClassFacts, bases: list[type]) -> type:
    """The examiner's class for a class of exceptions of the student's.

    Args:
        meta: its own class.
        facts: of the student's class.
        bases: what stands for its bases; Python's own among them.
    """
    known = real_classes.known_exception(facts.module, facts.name)
    stand = [each if facts_of(each) is not None else base_of(each) for each in bases]
    stand = [each for each in (known, *stand, StudentRaised) if each is not None]
    kinds = tuple(dict.fromkeys(each for each in stand if issubclass(each, BaseException)))
    kinds = tuple(each for each in kinds if each is not Exception)
    told = () if any(issubclass(each, _Told) for each in kinds) else (_Told,)
    space = {FACTS: facts, "__module__": facts.module, "__qualname__": facts.name}
    try:
        return type.__new__(meta, facts.name, (*told, *kinds), space)
    except TypeError:  # their order, or what they are made of, does not fit together
        return type.__new__(meta, facts.name, (_Told, StudentRaised), space)


def exception(
    kind: type,
    kept: Kept,
    *,
    arguments: Any,
    message: str,
    bare: bool,
    cause: Any = None,
    context: Any = None,
    suppress: bool = False,
    notes: Any = (),
) -> Exception:
    """An exception of the student's.

    Args:
        kind: one of Python's own, or what ``class_of`` made.
        kept: the exception itself.
        arguments: list of its arguments.
        message: its text.
        bare: it has no attributes beside those that its arguments give it.
        cause: the exception that it was raised from, or None.
        context: the exception that was being handled, or None.
        suppress: the context is not to be shown, as after ``raise ... from None``.
        notes: list of what was added to it as notes.
    """
    given = arguments if type(arguments) is list else []
    made = _pythons_own(kind, given, message) if bare else None
    if made is None:
        made = _told(kind, given, message)
    vars(made)[_KEPT] = kept
    raised_from(made, cause=cause, context=context, suppress=suppress, notes=notes)
    return made


def raised_from(
    error: BaseException, *, cause: Any, context: Any, suppress: Any, notes: Any
) -> None:
    """Let an exception have been raised from others, and have notes; see ``exception``."""
    put = partial(BaseException.__setattr__, error)  # its class may be a frozen dataclass
    cause, context = _behind(cause, error), _behind(context, error)
    put("__cause__", cause)
    put("__context__", cause if context is None else context)
    put("__suppress_context__", suppress is True)
    texts = [str(note) for note in notes] if type(notes) is list else []
    take_students(error, texts[len(getattr(error, "__notes__", ())) :])


def _behind(told: Any, error: BaseException) -> BaseException | None:
    """An exception that was told to be behind another one, unless that one is behind it."""
    waiting, seen = [told], set()
    while waiting:
        one = waiting.pop()
        if one is error:  # as after ``raise error from error``
            return None
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__]
    return told if isinstance(told, BaseException) else None


def told_beside(reference: dict[str, Any], decoder: Decoder) -> dict[str, Any]:
    """What an exception was raised from, and its notes, as ``raised_from`` takes them."""
    told = {part: reference.get(part) for part in ("cause", "context")}
    return {part: each and decoder.decode(each) for part, each in told.items()} | {
        "suppress": reference.get("suppress") is True,
        "notes": reference.get("notes"),
    }


def _pythons_own(kind: type, given: list[Any], message: str) -> Exception | None:
    """An exception of exactly one of Python's own classes, if it says what was told."""
    if base_of(kind) is not kind or getattr(builtins, kind.__name__, None) is not kind:
        return None
    with contextlib.suppress(Exception):  # a text with an object of theirs cannot be asked for now
        made: Exception = kind(*given)
        if str(made) == message and made.args == tuple(given):
            return made
    return None


def _told(kind: type, given: list[Any], message: str) -> Exception:
    """An exception of a class that has the text that was told, and asks for attributes."""
    name = kind.__name__
    if facts_of(kind) is None or not issubclass(kind, Exception):
        kind = _named(name, base_of(kind))
    if issubclass(kind, ExceptionGroup) and not _is_group(given):
        raise Malformed("a group of exceptions has a message and exceptions")
    return _instance(kind, name, message, given)


def _is_group(given: list[Any]) -> bool:
    """Whether a group can be made of some arguments."""
    return (
        len(given) == 2
        and type(given[0]) is str
        and type(given[1]) in (list, tuple)
        and len(given[1]) > 0
        and all(issubclass(type(part), Exception) for part in given[1])
    )


def kept_exception(error: Any) -> Kept | None:
    """The student's exception that an exception represents; None for any other."""
    if not issubclass(type(error), BaseException):
        return None
    kept = vars(error).get(_KEPT)
    return kept if type(kept) is Kept else None


def _named(name: str, base: type) -> type:
    """A class of this name, with the text that was told: ``KeyError`` would quote it again."""
    return type(name or "object", (_Told, base), {"__module__": base.__module__})


def _instance(kind: Any, name: str, message: str, arguments: list[Any] | None = None) -> Exception:
    """An exception; its class's own ``__init__`` sets what it can of arguments as they are due."""
    given = [message] if arguments is None else arguments
    made = _made(kind, given)
    made.args = tuple(given)
    vars(made)["_message"] = message
    if issubclass(kind, StudentRaised):
        vars(made)["name"] = name
    return made


def _made(kind: type, given: list[Any]) -> Exception:
    """A new exception, made by that one of Python's own that knows what it is made of."""
    mro = type.__dict__["__mro__"].__get__(kind)
    pythons = [each for each in mro if getattr(builtins, each.__name__, None) is each]
    for base in sorted(pythons, key=lambda each: each in (Exception, BaseException)):
        for arguments in (given, []):  # UnicodeDecodeError wants five
            with contextlib.suppress(Exception):
                made = base.__new__(kind, *arguments)
                base.__init__(made, *arguments)  # type: ignore[misc]  # its own, not a subclass's
                return made  # type: ignore[no-any-return]
            with contextlib.suppress(Exception):
                return base.__new__(kind, *arguments)  # type: ignore[no-any-return]
    raise TypeError(f"{kind.__name__} is no exception")
