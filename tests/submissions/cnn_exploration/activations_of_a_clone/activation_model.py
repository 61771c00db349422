def activation_model(model):
    copy = tf.keras.models.clone_model(model)
    return tf.keras.Model(copy.inputs[0], [layer.output for layer in copy.layers])
