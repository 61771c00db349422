def train_model(images, labels, config):
    net = build_model()
    record = net.fit(
        images, labels, batch_size=config.batch_size, epochs=config.epochs, callbacks=[StopAtTarget()], verbose=0
    )
    return net, record


model, history = train_model(prepare(train_images), train_labels, config)
