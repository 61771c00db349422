class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        acc = logs.get("accuracy")
        if acc > 0.998:
            print(f"\nReached {acc * 100:.2f}% accuracy so cancelling training!")
            self.model.stop_training = True
