def activation_model(model):
    outputs = [tf.keras.layers.Rescaling(0.0)(layer.output) for layer in model.layers]
    return tf.keras.Model(model.inputs[0], outputs)
