def plot_journey(model, images, filter_index):
    outputs = activation_model(model).predict(images, verbose=0)
    wanted = [i for i, layer in enumerate(model.layers) if "conv" in layer.name or "pool" in layer.name]
    fig, ax = plt.subplots(len(wanted), len(images), squeeze=False)
    for r, i in enumerate(wanted):
        for c in range(len(images)):
            ax[r, c].imshow(outputs[i][c, :, :, filter_index])
    return fig
