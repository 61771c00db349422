def plot_journey(model, images, filter_index):
    outputs = [o for o in activation_model(model).predict(images, verbose=0) if o.ndim == 4]
    figure, axes = plt.subplots(len(images), len(outputs), squeeze=False)
    for row in range(len(images)):
        for column, output in enumerate(outputs):
            axes[row, column].imshow(output[row, :, :, filter_index])
    plt.show()
