def activation_model(model):
    return tf.keras.Model(model.inputs[0], [layer.output for layer in model.layers[:-1]])
