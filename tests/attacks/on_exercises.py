"""Attacks on the course's exercises, each one of the samples."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OnExercise:
    """An attack on one of the course's exercises: a sample of tests/submissions, as is its twin.

    Attributes:
        number: of the case in docs/security.md.
        assignment: the exercise.
        name: of the sample, which also says what this student tries.
        twin: of the sample that does the harmless thing next to it.
        loses: the claims that it costs; what was not attempted is left out.
    """

    number: int
    assignment: str
    name: str
    twin: str
    loses: frozenset[str]


def _on(assignment: str, *cases: tuple[int, str, str, str]) -> tuple[OnExercise, ...]:
    """Number, sample, twin and lost claims of each case, as in a table."""
    return tuple(
        OnExercise(number, assignment, name, twin, frozenset(loses.split()))
        for number, name, twin, loses in cases
    )


_VALUES = (
    "convolve_margin convolve_values convolve_clips convolve_weight convolve_any_image "
    "convolve_from_scratch"
)
_TRAINING = "fewer_than_20_epochs reaches_998 generalises"
_HISTORY = "fewer_than_20_epochs reaches_998"
ON_EXERCISES = (
    *_on(
        "cnn_exploration",
        (27, "history_made_up", "reference_on_slice", "trained_five_epochs"),
        (27, "history_of_another_training", "reference_on_slice", "trained_five_epochs"),
        (28, "two_fits_of_five", "reference_on_slice", "trained_five_epochs"),
        (29, "predict_overridden", "fit_with_validation", "cnn_beats_dnn"),
        (30, "trained_on_test_data", "fit_with_validation", "trained_five_epochs cnn_beats_dnn"),
        (31, "cnn_ignores_arguments", "functional", "cnn_any_filters cnn_any_depth"),
        (
            *(31, "networks_made_elsewhere", "functional"),
            "cnn_architecture cnn_any_filters cnn_any_depth trained_five_epochs cnn_beats_dnn",
        ),
        (32, "activations_zero", "other_ways", "activation_values"),
    ),
    *_on(
        "convolution_from_scratch",
        (33, "scipy_wrapped", "windows", "convolve_from_scratch"),
        (33, "tensorflow_wrapped", "windows", "convolve_from_scratch"),
        (33, "numpy_convolve_wrapped", "windows", "convolve_from_scratch"),
        (34, "lookup_table", "windows", _VALUES),
        (35, "input_mutated", "windows", ""),  # judged by the output, which is right
        (36, "uint8_overflow", "windows", "convolve_any_image"),
    ),
    *_on(
        "mnist_998",
        (27, "history_object_made_up", "evaluated_and_predicted", _HISTORY),
        (27, "history_changed", "evaluated_and_predicted", _HISTORY),
        (29, "predict_overridden", "evaluated_and_predicted", "generalises"),
        (37, "weights_in_an_initialiser", "initialiser_of_one_number", _TRAINING),
        (37, "weights_set_before_fit", "fitted_twice", "reaches_998 generalises"),
        (38, "fake_accuracy", "metric_as_an_object", _TRAINING),
        (38, "top_ten_accuracy", "metric_called_acc", _TRAINING),
        (38, "one_class", "scaled_in_the_training", _TRAINING),
        (38, "sample_weight", "scaled_as_tensors", _TRAINING),
        (39, "convolution_as_operation", "functional", f"nothing_else_convolves {_TRAINING}"),
        (39, "lambda_pooling", "functional", f"nothing_else_convolves {_TRAINING}"),
        (39, "time_distributed_convolution", "scaled_by_a_layer", "nothing_else_convolves"),
        (31, "two_models", "functional", "reaches_998"),
        (39, "second_convolution_nested", "nested", "one_convolution"),
        (40, "callback_knows_rehearsals", "callback_keeps_weights", "stops_at_target"),
        (40, "callback_reads_the_stack", "callback_keeps_weights", "stops_at_target"),
        (40, "callback_remembers", "callback_keeps_weights", "stops_at_target"),
        (40, "initial_epoch", "fitted_twice", _TRAINING),
        (40, "steps_per_epoch", "learning_rate_reduced", _TRAINING),
    ),
)
