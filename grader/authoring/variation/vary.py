"""Changes the source of an assignment to other versions of its choices, and back."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image, ImageOps

from grader import whole_files
from grader.authoring.variation import choices, replacement
from grader.authoring.variation.choices import Choice
from grader.authoring.variation.replacement import Replacement
from grader.errors import CourseError
from grader.notebook.assignment import load_assignment, source_path
from grader.notebook.submission import paths
from grader.settings import Settings

_KEY = "versions"  # of the notebook's metadata: which version of each choice it has


@dataclass(frozen=True)
class Varied:
    """One choice of an assignment, before and after a change.

    Attributes:
        name: of the choice.
        choice: what may change.
        before: number of the version that stood in the source, from 0, the original one.
        after: number of the version that stands there now.
    """

    name: str
    choice: Choice
    before: int
    after: int


def current(settings: Settings, assignment: str) -> tuple[Varied, ...]:
    """The choices of an assignment, with the versions that its source has.

    Raises:
        CourseError: no such assignment, no choices, or unknown versions in the source.
    """
    notebook, offered = _read(settings, assignment)
    versions = _versions(notebook, offered)
    return tuple(
        Varied(name, choice, versions[name], versions[name]) for name, choice in offered.items()
    )


def draw(assignment: str, offered: Mapping[str, Choice], seed: int) -> dict[str, int]:
    """A version for each choice; the same for the same seed, and not all of them original."""
    drawn = random.Random(f"{assignment} {seed}")
    while True:
        versions = {name: drawn.randrange(len(each.texts)) for name, each in offered.items()}
        if any(versions.values()) or not offered:
            return versions


def vary(
    settings: Settings, assignment: str, seed: int | None, *, force: bool = False
) -> tuple[Varied, ...]:
    """Change the source to the versions that a seed draws; without a seed, to the original ones.

    Args:
        settings: the course.
        assignment: its name.
        seed: any number, such as the year.
        force: also where work was handed in already, which is graded by the changed source then.

    Returns:
        All choices, also those that did not change.

    Raises:
        CourseError: no such assignment, no choices, work was handed in, or a text is not found.
            Nothing is changed then.
        OSError: a file cannot be written. Nothing is changed then, either.
    """
    if not force and (students := paths.students(settings, assignment)):
        raise CourseError(
            f"{len(students)} students have handed {assignment} in, and the source decides over "
            "their grades: expected a course without submissions of it; vary it in a copy of the "
            "course, or add --force"
        )
    notebook, offered = _read(settings, assignment)
    before = _versions(notebook, offered)
    after = dict.fromkeys(offered, 0) if seed is None else draw(assignment, offered, seed)
    varied = replace(notebook, offered, before, after)
    notebook.metadata.setdefault("grader", {})[_KEY] = after
    source = source_path(settings, assignment)
    images = (source.parent / each.choice.image for each in varied if _turns(each))
    contents = {image.resolve(): _mirrored(image) for image in images}
    contents[source.resolve()] = (nbformat.writes(notebook) + "\n").encode()
    whole_files.write_all(contents)
    return varied


def replace(
    notebook: NotebookNode,
    offered: Mapping[str, Choice],
    before: Mapping[str, int],
    after: Mapping[str, int],
) -> tuple[Varied, ...]:
    """Replace the texts of one set of versions by another, in the notebook itself.

    Raises:
        CourseError: a text is not found, or could not be changed back.
    """
    varied = tuple(
        Varied(name, choice, before.get(name, 0), after.get(name, 0))
        for name, choice in offered.items()
    )
    replacement.apply(
        notebook, (_replacement(each) for each in varied if each.before != each.after)
    )
    return varied


def _read(settings: Settings, assignment: str) -> tuple[NotebookNode, Mapping[str, Choice]]:
    load_assignment(settings, assignment)  # says what is wrong with a name or a source
    offered = choices.read(settings, assignment)
    return nbformat.read(source_path(settings, assignment), as_version=4), offered


def _versions(notebook: NotebookNode, offered: Mapping[str, Choice]) -> dict[str, int]:
    """The version of each choice in the source; those that it does not name are original."""
    noted = notebook.metadata.get("grader", {}).get(_KEY, {})
    versions = {name: noted.get(name, 0) for name in offered}
    for name, number in versions.items():
        if not isinstance(number, int) or not 0 <= number < len(offered[name].texts):
            raise CourseError(
                f"the source's metadata say version {number!r} of {name}, expected 0 to "
                f"{len(offered[name].texts) - 1}: it was changed by other choices than these"
            )
    return versions


def _replacement(each: Varied) -> Replacement:
    old, new = each.choice.texts[each.before], each.choice.texts[each.after]
    return Replacement(each.name, dict(zip(old, new, strict=True)), each.choice.cells)


def _turns(each: Varied) -> bool:
    mirrored = each.choice.mirrored
    return bool(mirrored) and mirrored[each.before] != mirrored[each.after]


def _mirrored(file: Path) -> bytes:
    """The bytes of an image that is mirrored, in the same format."""
    written = io.BytesIO()
    try:
        with Image.open(file) as image:
            ImageOps.mirror(image).save(written, image.format, optimize=True)
    except OSError as error:  # UnidentifiedImageError among them
        raise CourseError(
            f"{file} cannot be mirrored ({error}): expected an image beside the source notebook"
        ) from error
    return written.getvalue()
