"""What travels to a kernel beside an object is whole."""

import ast
import importlib
import inspect

from grader.examiner import sources


def test_a_sent_module_brings_all_that_it_names_of_ours() -> None:
    """``from grader.checks import figures`` would bring the package and not the module."""
    for name, text in sources.sources("grader.checks.figures").items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("grader."):
                module = importlib.import_module(str(node.module))
                inner = [
                    each.name for each in node.names if inspect.ismodule(getattr(module, each.name))
                ]
                assert not inner, f"{name} imports the modules {inner} by their package"
