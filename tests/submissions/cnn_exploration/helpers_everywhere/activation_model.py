class EveryLayer(tf.keras.Model):
    def __init__(self, layers):
        super().__init__()
        self.one_by_one = list(layers)

    def call(self, x):
        outputs = []
        for layer in self.one_by_one:
            x = layer(x)
            outputs.append(x)
        return outputs


def activation_model(model):
    return EveryLayer(model.layers)
