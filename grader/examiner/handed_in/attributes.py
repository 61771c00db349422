"""The attributes of modules, and of classes in them, that a test may replace.

A test names what it replaces: ``patch("os.path.exists")``, ``monkeypatch.setattr(Path, "exists",
...)``, ``time.time_ns = ...``. So those attributes are watched whose module and name are words of
the test, and what modules change by themselves is not mistaken for the test's doing. Least of all
in a module beside the notebook: there a course's helper may keep what it expects.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import linecache
import re
import sys
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from grader.examiner.handed_in import library
from grader.parsing import parse

MISSING = object()
_WORD = re.compile(r"\w+")
_PATH = re.compile(r"\w+(?:\.\w+)*")
_PATCHING = frozenset({"patch", "multiple", "dict", "setattr", "delattr"})
_IMMUTABLE = 1 << 8  # flag of a class that is written in C: no attribute of it can be replaced
_NOT_WATCHED = ("grader", "__main__", "__mp_main__")

_GLOBAL = re.compile(r"^[ \t]*global ([\w, ]+)", re.MULTILINE)

# What reaches a student's code in another way: what is printed and read, the path of modules, and
# of the environment no more than the test has changed.
_OTHERWISE = {
    "os": frozenset({"environ", "environb"}),
    "sys": frozenset({"argv", "modules", "path", "stderr", "stdin", "stdout"}),
    "warnings": frozenset({"filters", "showwarning"}),
}


@dataclass(frozen=True, eq=False)
class Attribute:
    """An attribute, and what it was when the test began.

    Attributes:
        place: where it is, as ``os.path:exists`` or ``pathlib:Path.exists``.
        owner: the module or the class.
        name: of the attribute.
        value: ``MISSING`` where a class has it from another one.
    """

    place: str
    owner: Any
    name: str
    value: Any

    def now(self) -> Any:
        """What it is now; ``MISSING`` where the owner itself has none."""
        return vars(self.owner).get(self.name, MISSING)

    def put(self, value: Any) -> None:
        """Set the attribute; with ``MISSING``, remove it from its owner."""
        if value is not MISSING:
            setattr(self.owner, self.name, value)
        elif self.name in vars(self.owner):
            delattr(self.owner, self.name)


def named_in(source: str, modules: Iterable[ModuleType]) -> list[Attribute]:
    """The attributes that a test cell names, as they are now.

    What the cell imports, and where it patches something, is imported first: otherwise nobody would
    know afterwards what was there.

    Args:
        source: the test cell.
        modules: that it has by names of its own, as ``np``.
    """
    for name in _to_import(parse(source)):
        with contextlib.suppress(Exception):  # the test itself meets the error
            importlib.import_module(name)
    words = set(_WORD.findall(source))
    for module in modules:
        words.update(module.__name__.split("."))
    own, words = frozenset(words), words | _words_of_helpers(words)
    found = {(id(each.owner), each.name): each for each in _watched(words, own)}
    return list(found.values())


def _to_import(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                yield module
                known = sys.modules.get(module)
                yield from (f"{module}.{a.name}" for a in aliases if not hasattr(known, a.name))
            case ast.Call(func=function, args=[ast.Constant(value=str(path)), *_]):
                if _PATH.fullmatch(path) and _last_name(function) in _PATCHING:
                    parts = path.split(".")
                    yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _last_name(function: ast.expr) -> str:
    """The name of what is called: ``patch`` of ``mock.patch``."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _words_of_helpers(words: Set[str]) -> set[str]:
    """The words of modules beside the notebook that a test names: they may replace something."""
    found = set[str]()
    for name in words & sys.modules.keys():
        if name not in _NOT_WATCHED and not library.is_library(name):
            found.update(_WORD.findall(_text(sys.modules[name])))
    return found


def _text(module: ModuleType) -> str:
    place = getattr(module, "__file__", None)
    return "".join(linecache.getlines(place)) if isinstance(place, str) else ""


def _watched(words: Set[str], own: Set[str]) -> Iterator[Attribute]:
    """The attributes of all words; of data beside the notebook, those that the test itself names.

    Args:
        words: of the test, and of modules beside the notebook.
        own: the test's.
    """
    for path, module in tuple(sys.modules.items()):
        if path.rpartition(".")[2] not in words:
            continue  # the quickest look: all but a few of thousands of modules
        parts = path.split(".")
        if parts[0] in _NOT_WATCHED or not words >= set(parts):
            continue
        if not isinstance(module, ModuleType):
            continue
        space, kept = vars(module), _kept_by(path, module, own)
        for name in (space.keys() & words) - _OTHERWISE.get(path, frozenset()) - kept:
            yield Attribute(f"{path}:{name}", module, name, space[name])
            if isinstance(kind := space[name], type) and not kind.__flags__ & _IMMUTABLE:
                yield from _of_class(kind, f"{path}:{name}", words)


def _kept_by(path: str, module: ModuleType, own: Set[str]) -> set[str]:
    """Names of data that a module beside the notebook may change by itself."""
    if library.is_library(path):
        return set()
    rebound = {name for names in _GLOBAL.findall(_text(module)) for name in _WORD.findall(names)}
    space = vars(module)
    return {
        name for name in space if _is_data(space[name]) and (name not in own or name in rebound)
    }


def _of_class(kind: type, place: str, words: Set[str]) -> Iterator[Attribute]:
    known = {name: value for base in reversed(kind.__mro__) for name, value in vars(base).items()}
    is_library = library.is_library(kind.__module__)
    for name in known.keys() & words:
        if is_library or not _is_data(known[name]):
            yield Attribute(f"{place}.{name}", kind, name, vars(kind).get(name, MISSING))


def _is_data(value: Any) -> bool:
    """Whether it is no function, property, class or module."""
    is_code = callable(value) or hasattr(type(value), "__get__")
    return not (is_code or isinstance(value, ModuleType))
