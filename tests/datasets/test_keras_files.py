"""Keras' cache and the publisher, on small files, whole and damaged; none needs a network."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from grader.datasets import FILES
from grader.datasets.catalog import FASHION_MNIST, MNIST
from grader.datasets.keras_files import KerasCache, Publisher
from grader.errors import DataError
from tests.datasets.made_up import arrays, idx, save_gzips, silent


def save_npz(path, parts):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **dict(zip(("x_train", "y_train", "x_test", "y_test"), parts, strict=True)))


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


def test_keras_cache_gives_both_data_sets(keras_home):
    digits, clothes = arrays(), arrays()
    save_npz(keras_home / "datasets" / "mnist.npz", digits)
    save_gzips(keras_home / "datasets" / "fashion-mnist", clothes)
    assert dict(KerasCache().files(MNIST, FILES, silent)) == idx(digits)
    assert dict(KerasCache().files(FASHION_MNIST, FILES, silent)) == idx(clothes)


def test_keras_cache_is_found_at_home(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    digits = arrays()
    save_npz(tmp_path / ".keras" / "datasets" / "mnist.npz", digits)
    assert dict(KerasCache().files(MNIST, FILES, silent)) == idx(digits)


@pytest.mark.parametrize("dataset", [MNIST, FASHION_MNIST])
def test_an_empty_keras_cache_says_what_it_lacks(keras_home, dataset):
    with pytest.raises(DataError, match=r"^no .*(mnist\.npz|ubyte\.gz)$"):
        list(KerasCache().files(dataset, FILES, silent))


@pytest.mark.parametrize("size", [0, 100, 3000])
def test_a_partial_download_of_keras_is_named(keras_home, size):
    path = keras_home / "datasets" / "mnist.npz"
    save_npz(path, arrays())
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataError, match=r"mnist\.npz cannot be read"):
        list(KerasCache().files(MNIST, FILES, silent))


def test_a_partial_gzip_of_keras_is_named(keras_home):
    folder = keras_home / "datasets" / "fashion-mnist"
    save_gzips(folder, arrays())
    path = folder / f"{FILES[0]}.gz"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(DataError, match=f"{FILES[0]}.gz cannot be read"):
        list(KerasCache().files(FASHION_MNIST, FILES, silent))


@pytest.fixture
def server(tmp_path):
    """Serve a folder on this machine as the publisher does; yields the folder and its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_the_publisher_gives_both_data_sets_and_reports_bytes(server):
    folder, address = server
    digits, clothes, reported = arrays(), arrays(), []
    save_npz(folder / "mnist.npz", digits)
    save_gzips(folder, clothes)
    publisher = Publisher(address)
    report = lambda *bytes_: reported.append(bytes_)  # noqa: E731 - a list of calls is all it is
    assert dict(publisher.files(MNIST, FILES, report)) == idx(digits)
    size = (folder / "mnist.npz").stat().st_size
    assert reported[-1] == (size, size)
    some = FILES[1:3]
    assert dict(publisher.files(FASHION_MNIST, some, silent)) == {f: idx(clothes)[f] for f in some}


def test_what_the_publisher_lacks_is_named(server):
    with pytest.raises(DataError, match=r"mnist\.npz: the server answered 404"):
        list(Publisher(server[1]).files(MNIST, FILES, silent))


def test_a_closed_network_is_soon_told():
    nobody = Publisher("http://127.0.0.1:9", timeout=(1, 1))
    with pytest.raises(DataError, match=r"^http://127\.0\.0\.1:9 not reached \(ConnectionError\)$"):
        list(nobody.files(MNIST, FILES, silent))
