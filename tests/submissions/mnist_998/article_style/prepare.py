def prepare(images):
    images = images.reshape(len(images), 28, 28, 1)
    images = images / 255.0
    return images
