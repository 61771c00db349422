"""Messages in the language that this process uses: English, until ``use`` names another."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

ENGLISH = "en"
CATALOGS = Path(__file__).parent / "catalogs"


@dataclass(frozen=True)
class Language:
    """A language that messages can be read in.

    Attributes:
        code: as in ``<html lang>``, for example ``de``.
        right_to_left: whether its script runs from right to left.
    """

    code: str
    right_to_left: bool = False

    @property
    def direction(self) -> str:
        """As in ``<html dir>``."""
        return "rtl" if self.right_to_left else "ltr"


@dataclass
class _InUse:
    """The language of this process; a process serves one course."""

    language: Language
    messages: NullTranslations


_in_use = _InUse(Language(ENGLISH), NullTranslations())


def available() -> tuple[str, ...]:
    """The codes of the languages that there are catalogs for, and English."""
    return tuple(sorted({ENGLISH, *(file.stem for file in CATALOGS.glob("*.po"))}))


def use(code: str) -> None:
    """Make messages in another language from now on.

    Args:
        code: one of ``available()``.

    Raises:
        KeyError: there is no catalog of that language.
    """
    if code not in available():
        raise KeyError(code)
    _in_use.language, _in_use.messages = _read(code)


def current() -> Language:
    """The language that this process uses."""
    return _in_use.language


def gettext(message: str, /, **values: object) -> str:
    """A message in the language of this process.

    Args:
        message: in English, with a field in braces for each value, as in ``str.format``.
        **values: what goes into the fields; without any, braces stand for themselves.
    """
    found = _in_use.messages.gettext(message) if message else ""
    return found.format_map(values) if values else found


def translated(message: str, texts: Mapping[str, str]) -> str | None:
    """A message that came from elsewhere, if the catalog in use has it.

    Args:
        message: a template, as in ``gettext``.
        texts: what goes into its fields.

    Returns:
        None where the catalog does not have it, or where a field has no text.
    """
    found = _in_use.messages.gettext(message) if message else message
    if found == message:
        return None
    try:
        return found.format_map(texts)
    except (KeyError, ValueError):  # its fields are others, or no texts
        return None


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """A message about ``count`` things; ``{count}`` is one of its fields.

    Args:
        one: in English, for a count of 1.
        many: in English, for any other count.
        count: how many.
        **values: what goes into the other fields.
    """
    return _in_use.messages.ngettext(one, many, count).format_map({"count": count, **values})


def N_(message: str) -> str:  # noqa: N802 -- the name by which gettext's tools know it
    """Mark a constant for translation; ``gettext`` translates it where it is used."""
    return message


@functools.cache
def _read(code: str) -> tuple[Language, NullTranslations]:
    """A catalog, compiled in memory: the files hold text that people can compare."""
    if code == ENGLISH:
        return Language(ENGLISH), NullTranslations()
    from babel.core import Locale
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (CATALOGS / f"{code}.po").open("rb") as file:
        catalog = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Language(code, Locale(code).text_direction == "rtl"), GNUTranslations(compiled)
