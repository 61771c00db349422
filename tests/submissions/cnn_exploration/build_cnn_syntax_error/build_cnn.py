def build_cnn(filters=64, convolutions=2):
    model = tf.keras.Sequential([tf.keras.Input((28, 28, 1))]
    for _ in range(convolutions):
        model.add(tf.keras.layers.Conv2D(filters, 3, activation="relu"))
        model.add(tf.keras.layers.MaxPooling2D(2))
    return model
