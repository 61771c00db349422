def prepare(images):
    return images.reshape(-1, 28, 28, 1) / 256.0
