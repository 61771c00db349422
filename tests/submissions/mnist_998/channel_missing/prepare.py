def prepare(images):
    return images / 255.0
