class StopAtTarget(tf.keras.callbacks.Callback):
    def __init__(self, threshold):
        super(StopAtTarget, self).__init__()
        self.threshold = threshold

    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy") > self.threshold:
            print("Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
