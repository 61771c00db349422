def build_cnn(filters=64, convolutions=2):
    inputs = tf.keras.Input(shape=(28, 28, 1))
    x = inputs
    for i in range(convolutions):
        x = tf.keras.layers.Conv2D(filters, (3, 3))(x)
        x = tf.keras.layers.Activation("relu")(x)
        x = tf.keras.layers.MaxPool2D((2, 2), strides=2)(x)
    x = tf.keras.layers.Flatten()(x)
    x = tf.keras.layers.Dense(128, "relu")(x)
    outputs = tf.keras.layers.Dense(10, "softmax")(x)
    model = tf.keras.Model(inputs=inputs, outputs=outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
