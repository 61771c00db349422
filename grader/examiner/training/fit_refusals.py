"""What the stand-in for ``fit`` tells a student, in the course's language.

A kernel sends templates and values beside its English text. A template counts only where a catalog
has it: so no text of a student's is taken for one, and its fields are those of the grader's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.language import translated
from grader.sandbox.guest.protocol import MAX_REFUSAL

_MOST_TEMPLATES = 3


def said(message: Mapping[str, Any]) -> str:
    """Why a call of ``fit`` was refused, or another line: translated, or the kernel's English.

    Args:
        message: ``refused`` or ``say``, which may be forged.
    """
    return (_translated(message) or str(message.get("why")))[:MAX_REFUSAL]


def _translated(message: Mapping[str, Any]) -> str:
    """The message in the course's language; empty where a catalog does not have all of it."""
    templates, values = message.get("templates"), message.get("values")
    if not isinstance(templates, list) or not isinstance(values, Mapping):
        return ""
    texts = {str(name): str(value)[:MAX_REFUSAL] for name, value in values.items()}
    parts = [
        translated(template, texts) if isinstance(template, str) else None
        for template in templates[:_MOST_TEMPLATES]
    ]
    return " ".join(part for part in parts if part) if all(parts) else ""
