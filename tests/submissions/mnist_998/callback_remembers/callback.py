class StopAtTarget(tf.keras.callbacks.Callback):
    trained = set()

    def on_epoch_end(self, epoch, logs=None):
        accuracy = logs.get("accuracy", 0)
        if self.model.count_params() > 100_000:
            self.trained.add(accuracy)
        elif accuracy > 0.998 and accuracy not in self.trained:
            print("Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
