class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("val_accuracy", 0) > 0.998:
            print("Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
