"""gamma and beta are said to be unknown in test.

loses: q6
hint: they are known in test
"""

CHOICES = {"train_test": "b", "train_test_why": "b", "test_batch": "c", "test_batch_why": "a"}
