from tensorflow.keras.layers import Conv2D, Dense, Flatten, MaxPooling2D, Reshape


def build_model():
    model = tf.keras.models.Sequential()
    model.add(Reshape((28, 28, 1), input_shape=(28, 28)))
    model.add(Conv2D(16, (3, 3), padding="same", activation=tf.nn.relu))
    model.add(MaxPooling2D((2, 2), strides=2))
    model.add(Flatten())
    model.add(Dense(128, activation=tf.nn.relu))
    model.add(Dense(10, activation=tf.nn.softmax))
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.002, decay_steps=300, decay_rate=0.9)
    model.compile(optimizer=tf.keras.optimizers.Nadam(schedule), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
