def build_cnn(filters=64, convolutions=2):
    model = tf.keras.Sequential()
    model.add(tf.keras.Input(shape=(28, 28, 1)))
    i = 0
    while i <= convolutions:
        model.add(tf.keras.layers.Conv2D(filters, 3, activation="relu", padding="valid"))
        model.add(tf.keras.layers.MaxPooling2D(2, 2))
        i += 1
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(128, activation="relu"))
    model.add(tf.keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
