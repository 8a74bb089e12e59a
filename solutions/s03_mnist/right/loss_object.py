"""nn.CrossEntropyLoss, and gradients that are cleared after the step."""

def train_step(model, optimizer, images, labels):
    criterion = nn.CrossEntropyLoss()
    optimizer.zero_grad(set_to_none=False)
    output = model(images)
    loss = criterion(output, labels)
    loss.backward()
    optimizer.step()
