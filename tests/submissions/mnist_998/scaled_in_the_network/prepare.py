def prepare(images):
    return np.expand_dims(images, axis=-1)
