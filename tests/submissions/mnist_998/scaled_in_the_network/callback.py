import logging


class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["accuracy"] > 0.998:
            logging.info("Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
