"""A larger test batch is said to give better outputs.

loses: q6
hint: nothing is computed from the test batch
"""

CHOICES = {"train_test": "b", "train_test_why": "d", "test_batch": "a", "test_batch_why": "a"}
