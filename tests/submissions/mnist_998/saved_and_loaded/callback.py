TARGET = 0.998


class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        accuracy = logs.get("accuracy")
        if accuracy is not None and accuracy > TARGET:
            print(f"\nReached {TARGET * 100}% accuracy so cancelling training!")
            self.model.stop_training = True
