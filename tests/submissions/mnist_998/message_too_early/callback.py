class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        accuracy = logs.get("accuracy")
        if accuracy > 0.8:
            print("Reached 99.8% accuracy so cancelling training!")
        if accuracy > 0.998:
            self.model.stop_training = True
