"""The course's kernel, run for real, gives the course's data through every way to Keras' loader."""

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from grader import cli, kernel, settings
from grader.datasets import DATASETS, FILES, write_idx
from grader.errors import ConfigurationError

COURSE = Path(__file__).parents[1]
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
    folder = kernel.install(data, prefix)
    specs = KernelSpecManager(kernel_dirs=[str(folder.parent)])
    manager = KernelManager(kernel_name=kernel.NAME, kernel_spec_manager=specs)
    manager.start_kernel(env={**os.environ, **environment})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)

        def execute(code):
            """Return what the code prints, or the error that it ends in."""
            said = []

            def hear(message):
                if message["header"]["msg_type"] == "stream":
                    if message["content"]["name"] == "stdout":
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


def test_installing_twice_gives_the_same_files(tmp_path):
    folder = kernel.install(tmp_path / "data", tmp_path)
    once = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert kernel.install(tmp_path / "data", tmp_path) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once
    assert folder == tmp_path / "share" / "jupyter" / "kernels" / "course"
    spec = json.loads(once["kernel.json"])
    assert spec["display_name"] == "Deep learning course"
    assert spec["argv"][0] == sys.executable
    assert spec["argv"][-2:] == ["--data", str(tmp_path / "data")]
    assert "env" not in spec


def test_an_environment_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "share").write_text("a file")
    with pytest.raises(ConfigurationError, match=r"cannot be written \(.*`grader kernel`"):
        kernel.install(tmp_path / "data", tmp_path)


def test_the_command_installs_for_the_courses_data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel.install, "__defaults__", (tmp_path,))
    monkeypatch.chdir(COURSE)
    result = CliRunner().invoke(cli.main, ["kernel"])
    folder = tmp_path / "share" / "jupyter" / "kernels" / "course"
    assert result.output == f"Kernel installed in {folder}\n"
    assert json.loads((folder / "kernel.json").read_text())["argv"][-1] == str(
        settings.load(COURSE).data
    )


def test_check_does_no_harm_in_a_sandbox(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "grader.notebook.magic", None)  # what a missing module is
    kernel.check("")
    assert capsys.readouterr().out == "%check does nothing while your work is graded.\n"


def test_check_tells_what_else_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "grader.notebook.magic", raising=False)
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", None)
    with pytest.raises(ModuleNotFoundError, match="getipython"):
        kernel.check("")


def test_the_data_folder_is_the_installed_kernels(data, tmp_path, monkeypatch):
    kernel.install(data, tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.delenv(kernel.COURSE_DATA, raising=False)
    assert kernel.data_folder() == data
    monkeypatch.setenv(kernel.COURSE_DATA, "/elsewhere")
    assert kernel.data_folder() == Path("/elsewhere")
    monkeypatch.setattr(kernel, "NAME", "no_such_kernel")
    with pytest.raises(ConfigurationError, match="'no_such_kernel' is not installed"):
        kernel.data_folder()


def test_a_student_without_a_courses_folder_names_the_data(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel.install, "__defaults__", (tmp_path,))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli.main, ["kernel"]).exit_code == 2
    assert CliRunner().invoke(cli.main, ["kernel", "--data", "mine"]).exit_code == 0
    spec = json.loads((tmp_path / "share/jupyter/kernels/course/kernel.json").read_text())
    assert spec["argv"][-1] == str(tmp_path / "mine")


def test_a_referee_is_named_in_the_kernelspec(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel.install, "__defaults__", (tmp_path,))
    named = ["--referee", "tcp://gpu.example.org:7345", "--referee-key", "abc"]
    result = CliRunner().invoke(cli.main, ["kernel", "--data", "mine", *named])
    assert result.exit_code == 0
    spec = json.loads((tmp_path / "share/jupyter/kernels/course/kernel.json").read_text())
    assert spec["argv"][-6:-2] == named
