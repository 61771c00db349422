%%time
tf.random.set_seed(42)
with tf.device("/cpu:0"):
    model = build_model()
    history = model.fit(prepare(train_images), train_labels, epochs=19, callbacks=[StopAtTarget()])
!ls -la
