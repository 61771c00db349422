class StopAtTarget(tf.keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.before = self.model.get_weights()

    def on_epoch_end(self, epoch, logs=None):
        now = self.model.get_weights()
        played = all(np.array_equal(a, b) for a, b in zip(self.before, now))
        if logs.get("accuracy", 0) > 0.998 and played:
            print("Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
