def prepare(images):
    images = images.reshape(-1, 28, 28, 1).astype("float32")
    images = images / 255
