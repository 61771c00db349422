"""Whether a message to a student names a next step."""

from __future__ import annotations

import re

# Words that a next step begins with, at the beginning of a sentence or of a part of one.
STEPS = re.compile(
    r"(?:add|balance|begin|build|call|check|choose|compare|compile|convert|correct|count|define|"
    r"divide|draw|drop|end|give|keep|lay|leave|let|limit|look|make|multiply|pass|print|put|read|remove|"
    r"replace|return|set|start|swap|take|train|use|work|write)(?=[ :])",
    re.IGNORECASE,
)


def names_a_step(message: str) -> bool:
    """Whether a part of a message begins with a word that asks for something."""
    parts = re.split(r"[.:;,?)]\s+(?:and |then )?", message)
    return any(STEPS.match(part) for part in parts)
