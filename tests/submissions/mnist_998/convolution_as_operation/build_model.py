def build_model():
    soften = np.array([[0, 1, 0], [1, 16, 1], [0, 1, 0]], "float32").reshape(3, 3, 1, 1) / 20
    inputs = tf.keras.Input((28, 28, 1))
    x = tf.keras.ops.conv(inputs, soften, padding="same")
    x = tf.keras.layers.Conv2D(16, 3, activation="relu")(x)
    x = tf.keras.layers.MaxPooling2D(2)(x)
    x = tf.keras.layers.Flatten()(x)
    x = tf.keras.layers.Dense(128, activation="relu")(x)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
