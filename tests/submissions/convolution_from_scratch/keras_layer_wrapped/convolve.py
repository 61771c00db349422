def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=np.float32)
    layer = tf.keras.layers.Conv2D(1, 3, use_bias=False)
    layer.build((None, *image.shape, 1))
    layer.set_weights([np.array(kernel, dtype=np.float32)[:, :, None, None]])
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * layer(image[None, :, :, None]).numpy()[0, :, :, 0], 0, 255)
    return result
