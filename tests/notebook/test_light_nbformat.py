from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.process


def loaded_after(imports: str) -> set[str]:
    code = f"import sys; {imports}; print(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())


def test_nbformat_comes_without_grammars() -> None:
    modules = loaded_after("import grader.notebook, nbformat.validator, jsonschema")
    assert "jsonschema" in modules
    assert not modules & {"rfc3987_syntax", "lark"}


def test_the_grammars_can_be_imported_later() -> None:
    assert "rfc3987_syntax" in loaded_after("import grader.notebook, rfc3987_syntax")


def test_a_jsonschema_that_is_there_is_left_as_it_is() -> None:
    modules = loaded_after("import jsonschema; import grader.notebook, jsonschema._format as f")
    assert "rfc3987_syntax" in modules
