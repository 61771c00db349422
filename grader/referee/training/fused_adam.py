"""Adam as one operation a weight on TensorFlow's CPU, in place of a dozen.

Keras writes Adam's update as separate operations, each of which reads and writes whole arrays:
with 2.8 million weights they take a third of a training step. TensorFlow's ``ResourceApplyAdam`` is
the same formula in one pass, shared by all threads. Bits differ from Keras' own in the last place
(a sum is rounded in another order), so ``loops.name`` tells trainings apart that used it.
"""

from __future__ import annotations

from typing import Any


def install(optimizer: Any) -> bool:
    """Have a Keras Adam or AdamW update its weights by the one operation.

    All else that it does (schedules, clipping, weight decay, accumulated gradients) is Keras' own.

    Returns:
        Whether it does now; other optimizers, and ``amsgrad``, stay as they are.
    """
    import keras

    if type(optimizer) not in (keras.optimizers.Adam, keras.optimizers.AdamW) or optimizer.amsgrad:
        return False
    whole = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        import tensorflow as tf

        if isinstance(gradient, tf.IndexedSlices) or variable.dtype != tf.float32:
            whole(gradient, variable, learning_rate)
        else:
            _apply(optimizer, tf.cast(gradient, tf.float32), variable, learning_rate)

    optimizer.update_step = update_step
    return True


def _apply(optimizer: Any, gradient: Any, variable: Any, learning_rate: Any) -> None:
    import tensorflow as tf

    index = optimizer._get_variable_index(variable)
    step = tf.cast(tf.convert_to_tensor(optimizer.iterations) + 1, tf.float32)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=optimizer._momentums[index].value.handle,
        v=optimizer._velocities[index].value.handle,
        beta1_power=tf.pow(tf.constant(optimizer.beta_1, tf.float32), step),
        beta2_power=tf.pow(tf.constant(optimizer.beta_2, tf.float32), step),
        lr=tf.cast(learning_rate, tf.float32),
        beta1=optimizer.beta_1,
        beta2=optimizer.beta_2,
        epsilon=optimizer.epsilon,
        grad=gradient,
        use_nesterov=False,
        use_locking=False,
    )
