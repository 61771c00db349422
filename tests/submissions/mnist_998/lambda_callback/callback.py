def check_accuracy(epoch, logs):
    if logs["accuracy"] > 0.998:
        print("Reached 99.8% accuracy so cancelling training!")
        model.stop_training = True


StopAtTarget = tf.keras.callbacks.LambdaCallback(on_epoch_end=check_accuracy)
