def prepare(images):
    return tf.expand_dims(tf.cast(images, tf.float32) / 255.0, -1)
