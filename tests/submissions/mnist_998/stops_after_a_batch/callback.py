class StopAtTarget(tf.keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if logs["accuracy"] > 0.998:
            print("Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
