class StopAtTarget(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if(logs.get('acc')>0.998):
            print("\n Reached 99.8% accuracy so cancelling training!")
            self.model.stop_training = True
