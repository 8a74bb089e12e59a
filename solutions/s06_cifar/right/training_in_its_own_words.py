"""A loop without a schedule; the step without a return value."""

def train_step(model, optimizer, images, labels):
    optimizer.zero_grad(set_to_none=False)
    nn.CrossEntropyLoss()(model(images), labels).backward()
    optimizer.step()


def train(model, data, budget):
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(budget.epochs):
        model.train()
        for images, labels in data.batches(256, crop=4, flip=True):
            train_step(model, optimizer, images, labels)
        data.evaluate(model)
