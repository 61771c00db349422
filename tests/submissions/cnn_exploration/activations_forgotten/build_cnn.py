def build_cnn(filters=64, convolutions=2):
    layers = [tf.keras.Input((28, 28, 1))]
    for _ in range(convolutions):
        layers += [tf.keras.layers.Conv2D(filters, 3, activation="relu"), tf.keras.layers.MaxPooling2D()]
    layers += [tf.keras.layers.Flatten(), tf.keras.layers.Dense(128, "relu"), tf.keras.layers.Dense(10)]
    model = tf.keras.Sequential(layers)
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model
