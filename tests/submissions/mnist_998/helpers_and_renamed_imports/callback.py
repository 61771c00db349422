class StopAtTarget(k.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best = 0

    def reached(self, logs):
        self.best = max(self.best, logs.get("accuracy", 0))
        return self.best > 0.998

    def on_epoch_end(self, epoch, logs=None):
        if self.reached(logs):
            print("Epoch", epoch + 1, ": Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
        else:
            print("Not yet, the best so far is", self.best)
