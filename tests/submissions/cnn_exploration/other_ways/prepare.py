def prepare(images):
    return np.expand_dims(images.astype(np.float16) / 255, axis=-1)
