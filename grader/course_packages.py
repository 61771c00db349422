"""Packages that the course's exercises use, beside those that the grader itself needs.

``c.Course.packages`` names a requirements file of the instructor's. ``grader packages`` installs it
into the environment that grades, in which sandboxes see it. What the grader itself rests on keeps
the versions that are installed: verdicts were tested with them.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.errors import ConfigurationError, CourseError
from grader.settings import Settings

_US = "grader"
_DEVELOPERS = {"dev", "docs"}  # extras of ours on which no verdict rests
_OPTION = re.compile(r"\s+(?:--hash|--config-settings)[= ].*")
_COMMENT = re.compile(r"(?:^|\s+)#.*")


def required(settings: Settings) -> tuple[Requirement, ...]:
    """What the course's requirements file asks for on this machine; nothing, if it names none.

    Raises:
        ConfigurationError: the file cannot be read, or a line of it is no requirement.
    """
    if settings.packages is None:
        return ()
    found = []
    for number, line in _lines(settings.packages):
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            raise ConfigurationError(
                f"{settings.packages}, line {number}: {line!r} is no requirement: expected a "
                f"package and a version, as pandas==2.3.1 (c.Course.packages)"
            ) from error
        if requirement.marker is None or requirement.marker.evaluate():
            found.append(requirement)
    return tuple(found)


def installed(settings: Settings) -> dict[str, str]:
    """The version of each package of the course, by name; empty where it is not installed."""
    return {requirement.name: _version(requirement.name) for requirement in required(settings)}


def problems(settings: Settings) -> tuple[str, ...]:
    """What of the course's packages is missing or has another version, in words."""
    found = []
    for requirement in required(settings):
        version = _version(requirement.name)
        if not version:
            found.append(f"{requirement} is not installed")
        elif not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{requirement.name} is {version}, expected {requirement.specifier}")
    return tuple(found)


def require(settings: Settings) -> None:
    """Ensure that the course's packages are installed.

    Raises:
        ConfigurationError: some are missing, or have another version.
    """
    if found := problems(settings):
        raise ConfigurationError(
            f"{'; '.join(found)} (c.Course.packages): install them with `grader packages`"
        )


def install(settings: Settings) -> dict[str, str]:
    """Install the course's packages with pip, and change nothing that the grader rests on.

    Returns:
        The version of each, by name.

    Raises:
        ConfigurationError: the course names none, or asks for another version of what the grader
            needs.
        CourseError: pip could not install them.
    """
    if settings.packages is None:
        raise ConfigurationError(
            "the course names no packages: expected a requirements file in c.Course.packages "
            "(course_config.py)"
        )
    kept = needed_by_grader()
    _require_no_conflict(settings, required(settings), kept)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.writelines(f"{name}=={version}\n" for name, version in kept.items())
        constraints.flush()
        _pip("--requirement", str(settings.packages), "--constraint", constraints.name)
    importlib.invalidate_caches()
    require(settings)
    return installed(settings)


def needed_by_grader() -> dict[str, str]:
    """The installed version of all that the grader needs, and of what that needs, by name.

    Of the grader's own extras what is installed counts, too, apart from its developers'.
    """
    found: dict[str, str] = {}
    waiting = [(_US, frozenset(_extras(_US)))]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        version = _version(name)
        if not version:
            continue
        if name != _US:
            found[name] = version
        for needed in _needed_by(name, extras):
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return dict(sorted(found.items()))


def _needed_by(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in importlib.metadata.requires(name) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)


def _extras(name: str) -> Sequence[str]:
    known = importlib.metadata.metadata(name).get_all("Provides-Extra") or ()
    return [extra for extra in known if extra not in _DEVELOPERS]


def _require_no_conflict(
    settings: Settings, asked: Sequence[Requirement], kept: dict[str, str]
) -> None:
    for requirement in asked:
        version = kept.get(canonicalize_name(requirement.name))
        if version and not requirement.specifier.contains(version, prereleases=True):
            raise ConfigurationError(
                f"{settings.packages} asks for {requirement}, and the grader itself rests on "
                f"{requirement.name} {version}: ask for that version, or leave the line out"
            )


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    done = subprocess.run([*command, *arguments], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = " ".join(line.removeprefix("ERROR:").strip() for line in said)
        raise CourseError(
            f"pip could not install the course's packages beside what the grader rests on: "
            f"{reason or 'it gave no reason'}; change their versions in the requirements file"
        )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The requirements of a file, with the number of the line on which each begins."""
    try:
        text = file.read_text()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{file} cannot be read ({error}): expected a requirements file (c.Course.packages)"
        ) from error
    begun, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        begun = begun if whole else number
        whole += _COMMENT.sub("", line)
        if whole.endswith("\\"):
            whole = whole[:-1] + " "
            continue
        requirement = _OPTION.sub("", whole).strip()
        if requirement and not requirement.startswith("-"):
            yield begun, requirement
        whole = ""
