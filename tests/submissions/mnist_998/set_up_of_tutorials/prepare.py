%%time
def prepare(images):
    """Scale to 0 ... 1 and add the channel."""
    images = np.array(images, dtype="float32") / 255.0
    return images.reshape(images.shape + (1,))
