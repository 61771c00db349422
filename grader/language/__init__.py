"""The language in which students read about their work.

English is the source: a message is written in English where it is made, and ``gettext`` finds its
translation in ``catalogs/``. Names of claims, cells and code are not translated, nor is what
Python, Keras or the student's own code said.

Process: all.
Touches: its own catalogs, which it reads.
"""

from grader.language.translation import (
    ENGLISH,
    N_,
    Language,
    available,
    current,
    gettext,
    ngettext,
    translated,
    use,
)

__all__ = [
    "ENGLISH",
    "N_",
    "Language",
    "available",
    "current",
    "gettext",
    "ngettext",
    "translated",
    "use",
]
