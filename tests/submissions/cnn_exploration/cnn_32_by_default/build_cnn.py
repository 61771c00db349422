def build_cnn(filters=32, convolutions=2):
    model = tf.keras.Sequential([tf.keras.Input((28, 28, 1))])
    for _ in range(convolutions):
        model.add(tf.keras.layers.Conv2D(filters, (3, 3), activation="relu"))
        model.add(tf.keras.layers.MaxPooling2D(2, 2))
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(128, activation="relu"))
    model.add(tf.keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
