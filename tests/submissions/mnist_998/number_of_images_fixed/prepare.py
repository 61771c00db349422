SIZE = len(train_images)


def prepare(images):
    return images.reshape(SIZE, 28, 28, 1) / 255.0
