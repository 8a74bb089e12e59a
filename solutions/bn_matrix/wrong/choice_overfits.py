"""A larger test batch is said to over-fit.

loses: q6
hint: nothing can over-fit
"""

CHOICES = {"train_test": "b", "train_test_why": "d", "test_batch": "b", "test_batch_why": "a"}
