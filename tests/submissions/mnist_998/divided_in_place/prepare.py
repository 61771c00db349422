def prepare(images):
    images = images.reshape(-1, 28, 28, 1)
    images /= 255.0
    return images
