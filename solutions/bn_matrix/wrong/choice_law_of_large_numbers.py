"""The batch mean is said to get more exact.

loses: q6
hint: which mean is used
"""

CHOICES = {"train_test": "b", "train_test_why": "d", "test_batch": "c", "test_batch_why": "b"}
