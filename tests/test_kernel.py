"""The course's kernel, run for real, gives the course's data through every way to Keras' loader."""

import os
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from grader import kernel, kernelspec
from grader.datasets import DATASETS, FILES, write_idx

pytestmark = pytest.mark.kernel

SECONDS = 120  # importing TensorFlow on a busy machine


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Make a data folder with few images; every value of MNIST is 1, of Fashion-MNIST 2."""
    folder = tmp_path_factory.mktemp("data")
    for value, name in enumerate(DATASETS, start=1):
        for file, shape in zip(FILES, [(4, 28, 28), (4,), (3, 28, 28), (3,)], strict=True):
            write_idx(folder / name / file, np.full(shape, value, np.uint8))
    return folder


@contextmanager
def running(data, prefix, environment):
    """Install the kernel for ``data``, start it, and yield a function that runs code in it."""
    folder = kernelspec.install(data, prefix)
    specs = KernelSpecManager(kernel_dirs=[str(folder.parent)])
    manager = KernelManager(kernel_name=kernelspec.NAME, kernel_spec_manager=specs)
    manager.start_kernel(env={**os.environ, **environment})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)

        def execute(code):
            """Return what the code prints, also on stderr, or the error that it ends in."""
            said = []

            def hear(message):
                if message["header"]["msg_type"] == "stream":
                    said.append(message["content"]["text"])
                elif message["header"]["msg_type"] == "error":
                    said.append(f"{message['content']['ename']}: {message['content']['evalue']}")

            client.execute_interactive(code, timeout=SECONDS, output_hook=hear)
            return "".join(said).strip()

        yield execute
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


@pytest.fixture(scope="module")
def execute(data, tmp_path_factory):
    """Run code in one kernel that was installed for the data and told nothing else."""
    with running(data, tmp_path_factory.mktemp("prefix"), {kernel.COURSE_DATA: ""}) as execute:
        yield execute


def test_the_kernel_starts_without_keras(execute):
    heavy = "[m for m in ('keras', 'tensorflow', 'numpy', 'grader.datasets') if m in sys.modules]"
    assert execute(f"import sys; print({heavy})") == "[]"


def test_files_beside_the_notebook_are_importable_and_hide_no_package(data, tmp_path, monkeypatch):
    (tmp_path / "beside.py").write_text("print('beside')")
    for package in ("grader", "keras"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('hidden')")
    monkeypatch.chdir(tmp_path)  # where Jupyter starts a kernel: in the notebook's folder
    with running(data, tmp_path, {}) as execute:
        assert execute("import grader, beside") == "beside"


@pytest.mark.parametrize(
    ("statement", "name", "value"),
    [
        ("import tensorflow as tf", "tf.keras.datasets.mnist", 1),
        ("import tensorflow as tf", "tf.keras.datasets.fashion_mnist", 2),
        ("from tensorflow.keras.datasets import mnist", "mnist", 1),
        ("from tensorflow.keras.datasets import fashion_mnist", "fashion_mnist", 2),
        ("import keras", "keras.datasets.mnist", 1),
        ("import keras", "keras.datasets.fashion_mnist", 2),
    ],
)
def test_every_way_to_the_loader_gives_the_courses_arrays(execute, statement, name, value):
    code = f"""
{statement}
(a, b), (c, d) = {name}.load_data()
print(*(x.shape for x in (a, b, c, d)), {{x.dtype.name for x in (a, b, c, d)}})
print({{int(v) for x in (a, b, c, d) for v in x.flat}}, a.flags.writeable)
"""
    assert execute(code) == f"(4, 28, 28) (4,) (3, 28, 28) (3,) {{'uint8'}}\n{{{value}}} True"


def test_the_loader_is_called_as_keras_says(execute):
    code = "import keras; print(len(keras.datasets.mnist.load_data('mnist.npz')))"
    assert execute(code) == "2"
    assert execute("keras.datasets.mnist.load_data(folder='x')").startswith("TypeError")
    assert execute("keras.datasets.fashion_mnist.load_data('x')").startswith("TypeError")
    signature = "import inspect; print(inspect.signature(keras.datasets.mnist.load_data))"
    assert execute(signature) == "(path='mnist.npz')"


def test_the_environment_wins_and_missing_data_are_explained(data, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    with running(data, tmp_path, {kernel.COURSE_DATA: str(elsewhere)}) as execute:
        said = execute("from keras.src.datasets import mnist; mnist.load_data()")
        assert said == (
            f"DataError: {elsewhere / 'mnist' / FILES[0]} is missing: `grader data` fetches it"
        )
        said = execute(f"import os; del os.environ['{kernel.COURSE_DATA}']; mnist.load_data()")
        assert said.startswith("DataError: COURSE_DATA names no data folder: set it, or run")


@pytest.mark.parametrize(
    ("name", "module"),
    [("check", "grader.student.magic"), ("hint", "grader.student.hint_magic")],
)
def test_a_magic_does_no_harm_in_a_sandbox(monkeypatch, capsys, name, module):
    monkeypatch.setitem(sys.modules, module, None)  # what a missing module is
    vars(kernel)[name]("")
    assert capsys.readouterr().out == f"%{name} does nothing while your work is graded.\n"


def test_a_package_that_was_replaced_asks_for_a_new_kernel(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "grader.student.magic", raising=False)
    monkeypatch.delattr("grader.student.kernel_check.states")  # a name that the other version has
    kernel.check("")
    assert "Restart the kernel, run your cells, and then %check." in capsys.readouterr().out


def test_check_tells_what_else_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "grader.student.magic", raising=False)
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", None)
    with pytest.raises(ModuleNotFoundError, match="getipython"):
        kernel.check("")
