"""What may change in an exercise from year to year: the file ``variations/NAME.toml``.

Each table is a choice. Its ``texts`` are versions, the first the one that the course came with;
each version is the same list of texts, as they stand in the notebook. With ``cells`` it holds for
these cells (by their ids) alone. ``image`` names a file beside the notebook, and ``mirrored`` says
of each version whether left and right are exchanged in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

import msgspec

from grader.errors import CourseError
from grader.settings import Settings


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that may change.

    Attributes:
        about: what it is, in words; printed beside its versions.
        texts: a list of texts for each version; all of one length.
        cells: ids of the cells in which the texts are looked for; empty: in all.
        image: a file beside the notebook; empty: none changes.
        mirrored: for each version, whether the image is mirrored.
        also: what the instructor has to change elsewhere.
    """

    about: str
    texts: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...] = ()
    image: str = ""
    mirrored: tuple[bool, ...] = ()
    also: str = ""


def read(settings: Settings, assignment: str) -> Mapping[str, Choice]:
    """The choices of an assignment, in the order of the file.

    Raises:
        CourseError: there is no such file, or it is wrong; the message says where.
    """
    file = settings.root / "variations" / f"{assignment}.toml"
    try:
        choices = msgspec.convert(tomllib.loads(file.read_text("utf-8")), dict[str, Choice])
    except OSError as error:
        raise CourseError(
            f"{file} cannot be read ({error.strerror}): expected what may change in {assignment} "
            "from year to year; docs/authoring.md shows one"
        ) from error
    except ValueError as error:  # of TOML and of UTF-8 as well
        raise CourseError(
            f"{file} lists no choices ({error}): expected tables with about and texts, and perhaps "
            "cells, image, mirrored and also"
        ) from error
    for name, choice in choices.items():
        if problem := next(_problems(choice), None):
            raise CourseError(f"{file}, [{name}]: {problem}")
    return choices


def _problems(choice: Choice) -> Iterator[str]:
    """What is wrong with a choice, apart from types."""
    versions = len(choice.texts)
    if versions < 2:
        yield f"{versions} versions in texts, expected two at least, the first the original one"
    if len({len(version) for version in choice.texts}) > 1:
        lengths = ", ".join(str(len(version)) for version in choice.texts)
        yield f"versions of {lengths} texts, expected the same number in each"
    if any(len(set(version)) < len(version) or "" in version for version in choice.texts):
        yield "a text that is empty or comes twice in one version, expected different texts"
    if len(choice.mirrored) != (versions if choice.image else 0):
        yield (
            f"mirrored has {len(choice.mirrored)} values, expected one for each of {versions} "
            "versions if there is an image, and none if there is not"
        )
