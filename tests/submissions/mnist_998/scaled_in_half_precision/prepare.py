def prepare(images):
    return (images / 255).astype(np.float16)[..., np.newaxis]
