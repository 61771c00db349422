class Builder:
    """Builds what all networks of this notebook share."""

    def __init__(self) -> None:
        self.layers = [tf.keras.Input(SHAPE)]

    def add(self, *layers) -> "Builder":
        self.layers.extend(layers)
        return self

    def build(self) -> tf.keras.Model:
        model = tf.keras.Sequential(self.layers)
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model
