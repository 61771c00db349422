def prepare(images):
    images = np.array(images, dtype="float32")
    images /= 255.0
    return images
