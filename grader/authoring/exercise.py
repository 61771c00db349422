"""Writes the files of a new assignment, and adds it to the course's list."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import jinja2

from grader import settings as course_settings
from grader import whole_files
from grader.authoring import listing, naming
from grader.errors import ConfigurationError
from grader.settings import Settings

_TEMPLATE = ".j2"


def create(settings: Settings, name: str) -> tuple[str, ...]:
    """Create an assignment with a working exercise, and a sample submission of each kind.

    If anything fails, nothing is left behind.

    Args:
        settings: the course.
        name: name of the new assignment; it may be on the course's list already.

    Returns:
        A line for each thing made, with paths relative to the course's folder.

    Raises:
        CourseError: the name cannot be used.
        ConfigurationError: course_config.py cannot be changed safely, or a file not be written.
    """
    naming.require_free(settings, name)
    config = settings.root / listing.FILE
    before = _read(config, name)
    after = before if name in settings.assignments else listing.with_assignment(before, name)
    source, _, samples = naming.places(settings, name)
    try:
        _write(source / f"{name}.ipynb", _rendered(_templates() / "notebook.ipynb.j2", name))
        for file, template in _files(_templates() / "samples", samples):
            _write(file, _rendered(template, name))
        whole_files.write(config.resolve(), after.encode())
        _require_listed(settings, name)
    except (OSError, ConfigurationError) as error:
        for folder in (source, samples):
            shutil.rmtree(folder, ignore_errors=True)
        if config.read_bytes() != before.encode():
            whole_files.write(config.resolve(), before.encode())
        if isinstance(error, ConfigurationError):
            raise
        raise ConfigurationError(
            f"{error.filename or settings.root} cannot be written ({error.strerror}): expected a "
            "course folder that this account may write to; nothing was changed"
        ) from error
    made = [f"{source.relative_to(settings.root)}/{name}.ipynb"]
    made += sorted(f"{sample.relative_to(settings.root)}/" for sample in samples.iterdir())
    return (*made, f"{listing.FILE}, line {listing.line_of(after)}: {name} is on the list")


def _read(config: Path, name: str) -> str:
    try:
        return config.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{config} cannot be read ({error}): expected the course's configuration; add "
            f'"{name}" to c.Course.assignments by hand and try again'
        ) from error


def _require_listed(settings: Settings, name: str) -> None:
    """Check the resulting list: a later line of the configuration may replace it."""
    expected = tuple(dict.fromkeys((*settings.assignments, name)))
    if (assignments := course_settings.load(settings.root).assignments) != expected:
        raise ConfigurationError(
            f"with {name} on its list {listing.FILE} gives the assignments "
            f"{', '.join(assignments)}, expected {', '.join(expected)}: a later line "
            "sets c.Course.assignments again; "
            f'add "{name}" there by hand and try again'
        )


def _templates() -> Traversable:
    return resources.files("grader.authoring") / "templates"


def _files(folder: Traversable, target: Path) -> Iterator[tuple[Path, Traversable]]:
    """Every file below a folder of the package, with the path to write it to."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, target / entry.name)
        else:
            yield target / entry.name.removesuffix(_TEMPLATE), entry


def _rendered(template: Traversable, name: str) -> str:
    """The rendered template; the name is an identifier and needs no escaping."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    title = name.replace("_", " ").capitalize()
    return environment.from_string(template.read_text("utf-8")).render(name=name, title=title)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
