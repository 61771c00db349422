mean, std = train_images.mean(), train_images.std()


def prepare(images):
    return ((images - mean) / std)[..., tf.newaxis]
