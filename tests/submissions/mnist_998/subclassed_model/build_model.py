class Reader(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.convolution = tf.keras.layers.Conv2D(16, 3, activation="relu")
        self.pooling = tf.keras.layers.MaxPooling2D(2)
        self.flatten = tf.keras.layers.Flatten()
        self.hidden = tf.keras.layers.Dense(128, activation="relu")
        self.classes = tf.keras.layers.Dense(10, activation="softmax")

    def call(self, images):
        maps = self.pooling(self.convolution(images))
        return self.classes(self.hidden(self.flatten(maps)))


def build_model():
    model = Reader()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
