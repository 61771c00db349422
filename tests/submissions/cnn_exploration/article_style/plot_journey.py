def plot_journey(model, images, filter_index):
    names = [layer.name for layer in model.layers if "conv" in layer.name or "pool" in layer.name]
    f, axarr = plt.subplots(len(images), len(names))
    for x, name in enumerate(names):
        single = tf.keras.Model(inputs=model.inputs, outputs=model.get_layer(name).output)
        for y in range(len(images)):
            f1 = single.predict(images[y].reshape(1, 28, 28, 1), verbose=0)
            axarr[y, x].imshow(f1[0, :, :, filter_index], cmap="inferno")
            axarr[y, x].grid(False)
    return f
