"""The running averages are said to be used in training too.

loses: q6
hint: only collected
"""

CHOICES = {"train_test": "d", "train_test_why": "d", "test_batch": "c", "test_batch_why": "a"}
