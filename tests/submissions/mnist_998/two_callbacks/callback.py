import sys
import time


class Stopwatch(tf.keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.time()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.time() - self.start)


class StopAtTarget(tf.keras.callbacks.Callback):
    def __init__(self, target=0.998):
        super().__init__()
        self.target = target

    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy") > self.target:
            sys.stdout.write("\nReached 99.8% accuracy so cancelling training!\n")
            sys.stdout.flush()
            self.model.stop_training = True
