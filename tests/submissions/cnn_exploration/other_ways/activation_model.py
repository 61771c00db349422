def activation_model(model):
    inputs = tf.keras.Input((28, 28, 1))
    x = inputs
    outputs = []
    for layer in model.layers:
        x = layer(x)
        outputs.append(x)
    return tf.keras.Model(inputs, outputs)
