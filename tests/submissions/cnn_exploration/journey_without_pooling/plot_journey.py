def plot_journey(model, images, filter_index):
    outputs = activation_model(model).predict(images, verbose=0)
    layers = [i for i, layer in enumerate(model.layers) if isinstance(layer, tf.keras.layers.Conv2D)]
    figure, axes = plt.subplots(len(images), len(layers), squeeze=False)
    for row in range(len(images)):
        for column, i in enumerate(layers):
            axes[row, column].imshow(outputs[i][row, :, :, filter_index])
    return figure
