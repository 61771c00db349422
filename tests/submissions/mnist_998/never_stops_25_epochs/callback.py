class StopAtTarget(tf.keras.callbacks.Callback):
    pass
