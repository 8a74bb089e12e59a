"""The statistics of the test batch are said to be used in test.

loses: q6
hint: which has no variance
"""

CHOICES = {"train_test": "a", "train_test_why": "d", "test_batch": "c", "test_batch_why": "a"}
