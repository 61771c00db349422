class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy") > 0.998:
            self.model.stop_training = True


class Announce(tf.keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        print("Reached 99.8% accuracy so cancelling training!")
