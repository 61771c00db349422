def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=np.float32)
    inside = tf.nn.conv2d(image[None, :, :, None], np.array(kernel, dtype=np.float32)[:, :, None, None], strides=1, padding="VALID")
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * inside.numpy()[0, :, :, 0], 0, 255)
    return result
