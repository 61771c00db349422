def prepare(images):
    return images.reshape(60000, 28, 28, 1) / 255.0
