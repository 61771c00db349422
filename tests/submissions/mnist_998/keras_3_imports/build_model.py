def build_network(filters=16, units=128):
    pixels = keras.Input(shape=(28, 28, 1), name="pixels")
    x = layers.Conv2D(filters, kernel_size=3, activation="relu", name="maps")(pixels)
    x = layers.MaxPooling2D(pool_size=2, name="halved")(x)
    x = layers.Flatten(name="row")(x)
    x = layers.Dense(units, activation="relu", name="hidden")(x)
    digits = layers.Dense(10, activation="softmax", name="digits")(x)
    return Model(inputs=pixels, outputs=digits, name="reader")


def build_model():
    model = build_network()
    model.summary()
    return model
