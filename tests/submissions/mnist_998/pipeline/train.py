BATCH_SIZE = 64
AUTOTUNE = tf.data.AUTOTUNE


def normalize_img(image, label):
    """Normalizes images: `uint8` -> `float32`."""
    return tf.cast(image, tf.float32)[..., tf.newaxis] / 255.0, label


ds_train = tf.data.Dataset.from_tensor_slices((train_images, train_labels))
ds_train = ds_train.map(normalize_img, num_parallel_calls=AUTOTUNE)
ds_train = ds_train.cache().shuffle(len(train_images)).batch(BATCH_SIZE).prefetch(AUTOTUNE)
ds_test = tf.data.Dataset.from_tensor_slices((test_images, test_labels))
ds_test = ds_test.map(normalize_img).batch(BATCH_SIZE).cache().prefetch(AUTOTUNE)

model = build_model()
history = model.fit(ds_train, epochs=19, validation_data=ds_test, callbacks=[StopAtTarget()])
