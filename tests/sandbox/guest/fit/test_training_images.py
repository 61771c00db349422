"""Which images a call of ``fit`` trains on, as far as a pass through a dataset tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.referee.spec.images import read_images
from grader.sandbox.guest.course_images.refused import FitRefused
from grader.sandbox.guest.fit import training_images

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("mnist")]

Dataset = Any


def named(x: Any, y: Any = None, **more: Any) -> dict[str, Any]:
    """What is declared of a call of fit."""
    return images(x, y, **more).declared


def images(x: Any, y: Any = None, **more: Any) -> training_images.TrainingImages:
    defaults: dict[str, Any] = {"batch_size": None, "shuffle": True, "validation_split": 0.0}
    defaults |= {"validation_data": None, "validation_batch_size": None}
    defaults |= {"steps_per_epoch": None, "validation_steps": None}
    return training_images.named(defaults | {"x": x, "y": y} | more)


def tutorial(pair: Any, *, batch: int = 50, shuffle: int = 5000) -> Dataset:
    """A pipeline as in Keras' tutorials."""
    import tensorflow as tf

    def scale(image: Any, label: Any) -> Any:
        return tf.cast(image, tf.float32) / 255.0, label

    pipeline = tf.data.Dataset.from_tensor_slices(pair)
    pipeline = pipeline.map(scale, num_parallel_calls=tf.data.AUTOTUNE).cache()
    if shuffle:
        pipeline = pipeline.shuffle(shuffle)
    return pipeline.batch(batch).prefetch(tf.data.AUTOTUNE)


def test_a_pipeline_of_a_tutorial_is_the_training_of_its_arrays(mnist: Any) -> None:
    (x, y), (a, b) = mnist
    told = named(tutorial((x, y)), validation_data=tutorial((a, b), shuffle=0))
    arrays = named(x / np.float32(255), y, batch_size=50, validation_data=(a / 255, b))
    assert told == arrays
    assert (told["batch_size"], told["shuffle"], told["validated"]) == (50, True, True)


def test_a_pipeline_that_does_not_shuffle_is_not_shuffled(mnist: Any) -> None:
    (x, y), _ = mnist
    assert named(tutorial((x, y), shuffle=0)) == named(x / 255, y, batch_size=50, shuffle=False)


def test_a_part_and_labels_one_hot_are_told(mnist: Any) -> None:
    (x, y), _ = mnist
    told = named(tutorial((x[:2000], np.eye(10)[y[:2000]])))["images"]
    assert (told["first"], told["count"], told["one_hot"]) == (0, 2000, True)


def test_a_batch_that_is_dropped_since_it_is_not_full_is_no_part(mnist: Any) -> None:
    (x, y), _ = mnist
    pipeline = tutorial((x, y), batch=1).unbatch().batch(64, drop_remainder=True)
    told = named(pipeline)
    assert (told["images"]["count"], told["batch_size"]) == (len(x), 64)
    assert "rows" not in told["images"]


def test_a_shuffled_order_that_stays_is_shuffled_in_each_epoch(mnist: Any) -> None:
    (x, y), _ = mnist
    order = np.random.default_rng(3).permutation(len(x))
    fixed = images(x[order], y[order], shuffle=False)
    assert fixed.declared == named(x, y)
    assert fixed.reshuffled
    assert not images(x[order], y[order]).reshuffled
    assert not images(x, y, shuffle=False).reshuffled


def test_a_dataset_of_keras_own_kind_is_gone_through_once(mnist: Any) -> None:
    import keras

    (x, y), _ = mnist

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return len(x) // 50

        def __getitem__(self, place: int) -> Any:
            rows = slice(50 * place, 50 * place + 50)
            return x[rows] / 255, y[rows]

    assert named(Batches()) == named(x / 255, y, batch_size=50, shuffle=False)


@pytest.mark.filterwarnings("ignore:Please import:DeprecationWarning")
def test_a_generator_of_keras_2_is_a_dataset_of_that_kind(mnist: Any) -> None:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    (x, y), _ = mnist
    scaled = ImageDataGenerator(rescale=1 / 255).flow(x[..., np.newaxis], y, batch_size=64)
    found = named(scaled, validation_data=(x, y))
    assert found["shuffle"]
    assert (found["batch_size"], found["images"]["count"]) == (64, len(x))
    turned = ImageDataGenerator(rotation_range=90).flow(x[..., np.newaxis] / 255, y)
    with pytest.raises(FitRefused, match="none of the course's images, or was changed"):
        named(turned)


def test_steps_are_one_pass(mnist: Any) -> None:
    (x, y), _ = mnist
    repeated = tutorial((x, y)).repeat()
    assert named(repeated, steps_per_epoch=len(x) // 50) == named(x / 255, y, batch_size=50)
    assert named(x, y, batch_size=64, steps_per_epoch=len(x) // 64) == named(x, y, batch_size=64)
    for call in (
        lambda: named(repeated, steps_per_epoch=5),
        lambda: named(x, y, steps_per_epoch=2),
        lambda: named(x, y, validation_data=(x, y), validation_steps=2),
    ):
        with pytest.raises(FitRefused, match="an epoch is one pass through the 2400 images"):
            call()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda ds: ds.unbatch(), r"images of shape \(28, 28\).*\.batch\(32\)"),
        (lambda ds: ds.repeat(), r"more than 70000 images in one epoch.*Leave out \.repeat"),
        (lambda ds: ds.repeat(2), "holds an image more than once"),
        (lambda ds: ds.map(lambda x, y: x), "gives ndarray, expected batches"),
        (lambda ds: ds.map(lambda x, y: (x, y, y)), "gives 3 parts"),
        (lambda ds: ds.map(lambda x, y: (x[:, ::-1], y)), "put a layer into the network"),
        (lambda ds: ds.map(lambda x, y: (x, 9 - y)), "is not the label of that image"),
        (lambda ds: ds.take(0), "gives no batch"),
        (lambda ds: ds.concatenate(ds.unbatch().batch(7)), "batches of 6 to 50 images"),
    ],
)
def test_other_pipelines_are_refused_in_words(
    mnist: Any, changed: Callable[[Dataset], Dataset], words: str
) -> None:
    (x, y), _ = mnist
    with pytest.raises(FitRefused, match=words):
        named(changed(tutorial((x, y), shuffle=0)))


def test_a_generator_has_a_number_of_steps(mnist: Any) -> None:
    (x, y), _ = mnist

    def batches() -> Iterator[Any]:
        while True:
            for start in range(0, len(x), 50):
                yield x[start : start + 50] / 255, y[start : start + 50]

    told = named(batches(), steps_per_epoch=len(x) // 50)
    assert told == named(x / 255, y, batch_size=50, shuffle=False)
    with pytest.raises(FitRefused, match="x is a generator, which can be gone through once"):
        named(batches())


def test_a_share_of_a_pipeline_cannot_be_held_back(mnist: Any) -> None:
    (x, y), _ = mnist
    with pytest.raises(FitRefused, match=r"validation_data, made with \.take\(n\)"):
        named(tutorial((x, y)), validation_split=0.1)


def test_rows_that_are_held_back_are_the_last_ones(mnist: Any) -> None:
    (x, y), _ = mnist
    picked = np.random.default_rng(3).random(len(x)) < 0.5
    told = named(x[picked], y[picked])["images"]
    images = read_images(told | {"digest": ""})
    rows = np.flatnonzero(picked)
    np.testing.assert_array_equal(images.from_place(100).places(), rows[100:])
    assert images.last == rows[-1]
    assert read_images(named(x, y)["images"] | {"digest": ""}).from_place(9).first == 9
