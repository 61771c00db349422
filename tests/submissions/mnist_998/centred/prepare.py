def prepare(images):
    images = images.astype(np.float32).reshape((images.shape[0], 28, 28, 1))
    return (images - 127.5) / 127.5
