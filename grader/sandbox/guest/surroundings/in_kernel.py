"""What a test and a student's code have around a question: files, seeds, warnings, figures."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from IPython import get_ipython

from ..data.counted import Malformed
from ..data.decoder import Decoder
from ..data.encoder import Encoder
from . import figures, magics, process, progress_bars, seeds
from .notices import Notices, noticing
from .shared_files import TEMPORARY, WORK, SharedFiles, States


class Surroundings:
    """The kernel's side; ``install`` says what was there before the student's code."""

    def __init__(self) -> None:
        self._work: Path | None = None
        self._given: States = {}
        self._files: SharedFiles | None = None
        self._temporary: str | None = None
        self._in_test: Path | None = None

    def install(self) -> None:
        """Take the working directory, and what is in it, as given by the course."""
        self._work = Path.cwd()
        self._given = SharedFiles({WORK: self._work}).states()
        figures.show_in_cells()
        progress_bars.pass_over_missing()
        if (shell := get_ipython()) is not None:
            magics.pass_over_unknown(shell)

    @contextlib.contextmanager
    def during(self, question: Mapping[str, Any], decoder: Decoder) -> Iterator[Notices]:
        """Make this kernel's surroundings those of the test while it answers a question."""
        if question["do"] == "look":
            self._begin(question.get("folder"))
        if "files" in question and self._files is not None:
            self._files.apply(decoder.decode(question["files"]))
        if "random" in question:
            seeds.apply(decoder.decode(question["random"]))
        before = tempfile.tempdir
        tempfile.tempdir = self._temporary or before
        try:
            with (
                figures.unseen(),
                self._process(question, decoder),
                _noticing(question, decoder) as notices,
            ):
                yield notices
        finally:
            tempfile.tempdir = before

    def told(self, notices: Notices, encoder: Encoder) -> dict[str, Any]:
        """What goes beside the answer."""
        told = notices.told()
        if self._files is not None and (changes := self._files.changes()):
            told["files"] = changes
        try:
            return {
                name: value if name == "stderr" else encoder.encode(value)
                for name, value in told.items()
            }
        except Malformed:  # together with the answer it is too much
            return {}

    def path_in_test(self, text: str) -> str:
        """A path below this kernel's working directory as the test has it; else the text itself."""
        here = str(self._work)
        if self._in_test is None or not (text == here or text.startswith(here + os.sep)):
            return text
        return str(self._in_test) + text[len(here) :]

    def _process(
        self, question: Mapping[str, Any], decoder: Decoder
    ) -> contextlib.AbstractContextManager[None]:
        """Variables, arguments and working directory as the test has set them."""
        environment = decoder.decode(question["environment"]) if "environment" in question else {}
        argv = decoder.decode(question["argv"]) if "argv" in question else None
        return process.as_in_test(environment, argv, self._place(question.get("here", "")))

    def _place(self, name: str) -> Path | None:
        """The folder of a name among what is shared; None where the test went to none."""
        place, _, inside = name.partition("/")
        known = {WORK: self._work, TEMPORARY: self._temporary}.get(place)
        return Path(known, inside) if known else None

    def _begin(self, folder: str | None) -> None:
        """Begin with a test cell: its folder, without the files of the one before."""
        figures.close_all()
        self._files = self._temporary = self._in_test = None
        if folder is None or self._work is None:
            return
        temporary = Path(folder, TEMPORARY)
        with contextlib.suppress(OSError):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            self._temporary = str(temporary)
        with contextlib.suppress(OSError):  # a path below the test's working directory leads here
            Path(folder, WORK).symlink_to(self._work)
        self._in_test = Path(folder, WORK)
        self._files = SharedFiles({WORK: self._work, TEMPORARY: temporary}, self._given)


def _noticing(
    question: Mapping[str, Any], decoder: Decoder
) -> contextlib.AbstractContextManager[Notices]:
    """Notice what happens; a dry run itself collects what a callback shows, epoch by epoch."""
    if question["do"] == "dry_run":
        return contextlib.nullcontext(Notices())
    return noticing(decoder.decode(question["levels"]) if "levels" in question else {})
