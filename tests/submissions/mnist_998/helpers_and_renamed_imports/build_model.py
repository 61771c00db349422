class DigitNet:
    """Holds a Keras model and how it is trained."""

    def __init__(self, config):
        self.config = config
        self.model = k.Sequential([Input((28, 28, 1)), *self.convolutional(), *self.dense()])

    def convolutional(self):
        return [Conv2D(self.config.filters, 3, activation="relu"), MaxPooling2D(2), Flatten()]

    def dense(self):
        return [Dense(self.config.units, activation="relu"), Dense(10, activation="softmax")]


def build_model():
    net = DigitNet(config).model
    net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return net
