def max_pool(image, size=2):
    batch = tf.reshape(tf.cast(image, tf.float32), (1, image.shape[0], image.shape[1], 1))
    return tf.nn.max_pool2d(batch, ksize=size, strides=size, padding="VALID")[0, :, :, 0]
