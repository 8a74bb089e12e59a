"""The running averages are said to move in test.

loses: q6
hint: move in training only
"""

CHOICES = {"train_test": "b", "train_test_why": "d", "test_batch": "c", "test_batch_why": "c"}
