class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get("accuracy") > 0.998:
            tf.print("\nReached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
