def stages_of(model):
    kinds = (tf.keras.layers.Conv2D, tf.keras.layers.MaxPooling2D)
    return [number for number, layer in enumerate(model.layers) if isinstance(layer, kinds)]

def plot_journey(model, images, filter_index):
    stages = stages_of(model)
    outputs = activation_model(model).predict(images)
    plt.figure(figsize=(8, 6))
    for row in range(len(images)):
        for column, number in enumerate(stages):
            plt.subplot(len(images), len(stages), row * len(stages) + column + 1)
            plt.imshow(outputs[number][row, :, :, filter_index], cmap="gray")
            plt.axis("off")
    figure = plt.gcf()
    plt.show()
    return figure
