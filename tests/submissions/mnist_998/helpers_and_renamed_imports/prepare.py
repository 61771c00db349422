def prepare(images):
    return scale(images)[:, :, :, None]
