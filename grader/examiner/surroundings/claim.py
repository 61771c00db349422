"""All that surrounds a test cell, for one claim after the other."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.examiner import names as names_of
from grader.examiner.surroundings import databases, doctests, figures, guard, imports, masks
from grader.examiner.surroundings.base import Around
from grader.examiner.surroundings.course import Course
from grader.examiner.surroundings.files import ClaimFiles, lay_out, new_folder
from grader.examiner.surroundings.outputs import Outputs
from grader.examiner.surroundings.own_code import OwnCode
from grader.examiner.surroundings.process import Process
from grader.examiner.surroundings.returned import Returned
from grader.examiner.surroundings.seeds import Seeds
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder


class Surroundings(Around):
    """What surrounds the test cells of one submission.

    Args:
        course: what the course gives its test cells.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._files, self._outputs, self._seeds = ClaimFiles(course), Outputs(), Seeds()
        self._process = Process()
        self._returned = Returned()
        self._look_again: Callable[[], None] = lambda: None
        self._modules: Path | None = None  # a folder with the course's own files alone

    @contextlib.contextmanager
    def held(self, source: str, pyplot: Callable[[str], Any]) -> Iterator[None]:
        """Be around a test cell.

        Args:
            source: the test cell.
            pyplot: asks for a function of the kernel's pyplot.
        """
        text = "\n".join([source, *self._texts(source)])
        own_files = self._own_files()  # ahead of the test's own temporary files, which go
        with (
            self._files.held(),
            imports.modules_beside(own_files),
            self._outputs.held(),
            self._seeds.held(text),
            self._process.held(),
            figures.of_the_kernel(text, pyplot),
            masks.hiding_nothing(text) as self._look_again,
            databases.alone(text),
            doctests.found(text),
            guard.guarded(self._theirs(text)),
        ):
            yield

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend the surroundings while the judge does other work in the middle of a test."""
        with self._files.suspended(), guard.unguarded():
            yield

    def close(self) -> None:
        """Remove the folders."""
        self._files.close()
        if self._modules is not None:
            shutil.rmtree(self._modules, ignore_errors=True)

    def modules(self, names: Sequence[str]) -> dict[str, Any]:
        """Those of ``names`` that the course's own cells import, as they are in this process."""
        return imports.imported(self._course.imports, names)

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add to a question what the test changed since the last one."""
        self._files.ask(question, encoder)
        self._seeds.ask(question, encoder)
        self._outputs.ask(question, encoder)
        self._process.ask(question, encoder)

    def answered(self, reply: dict[str, Any], decoder: Decoder) -> None:
        """Take from an answer what the student's code changed, wrote, warned of and logged."""
        self._files.answered(reply, decoder)
        self._outputs.answered(reply, decoder)
        self._returned.hear(decoder.texts)

    def decoded(self) -> None:
        """See what was imported for an answer."""
        self._look_again()

    def _theirs(self, text: str) -> guard.Theirs:
        self._returned.clear()
        files, own = self._files, OwnCode(text)
        return guard.Theirs(files.arrived, files.arrived_names, self._returned, files.place, own)

    def _own_files(self) -> Path:
        """Where modules beside the notebook are imported from."""
        if self._course.one_system:
            return self._course.folder
        if self._modules is None:
            self._modules = new_folder()
            lay_out(self._course, self._modules)
        return self._modules

    def _texts(self, source: str) -> Iterator[str]:
        """What a test cell imports from the course: statements, and modules beside the notebook."""
        for name in names_of.free(source) if names_of.is_python(source) else ():
            if name in self._course.imports:
                yield self._course.imports[name]
        for name in self._course.files:
            if name.endswith(".py"):
                with contextlib.suppress(OSError):
                    yield (self._course.folder / name).read_text(errors="replace")
