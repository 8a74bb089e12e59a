"""log-softmax at the end and the negative log-likelihood as the loss; Adam."""

_Logits = LeNet


class LeNet(_Logits):
    def forward(self, x):
        return F.log_softmax(super().forward(x), dim=-1)


def make_optimizer(model, lr):
    return torch.optim.Adam(model.parameters(), lr)


def train_step(model, optimizer, images, labels):
    loss = nn.CrossEntropyLoss()(model(images), labels)
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return loss.item()
