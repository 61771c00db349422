def plot_journey(model, images, filter_index):
    outputs = activation_model(model).predict(images, verbose=0)
    outputs = [output for output in outputs if output.ndim == 4]
    fig = plt.figure(figsize=(12, 9))
    number = 0
    for i in range(len(images)):
        for output in outputs:
            number += 1
            plt.subplot(len(images), len(outputs), number)
            plt.imshow(output[i, :, :, filter_index])
            plt.colorbar()
    plt.show()
    return fig
