def build_cnn(filters: int = 64, convolutions: int = 2) -> tf.keras.Model:
    L = tf.keras.layers
    builder = Builder()
    for number in range(convolutions):
        builder.add(L.Conv2D(filters, 3, activation="relu", name=f"conv_{number}"))
        builder.add(L.MaxPooling2D(2, name=f"pool_{number}"))
    return builder.add(L.Flatten(), L.Dense(128, "relu"), L.Dense(10, "softmax")).build()
