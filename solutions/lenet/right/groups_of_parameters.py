"""Weight decay for weights only: two groups in the optimizer; another order of the step."""

def make_optimizer(model, lr):
    weights = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": weights, "weight_decay": 5e-4}, {"params": rest}]
    return torch.optim.AdamW(groups, lr=torch.tensor(lr), weight_decay=0.0)


def train_step(model, optimizer, images, labels):
    model.train()
    loss = F.nll_loss(F.log_softmax(model(images), dim=1), labels)
    for parameter in model.parameters():
        parameter.grad = None
    loss.backward()
    optimizer.step()
