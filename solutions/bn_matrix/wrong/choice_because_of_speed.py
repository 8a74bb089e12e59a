"""The stored statistics are said to save time.

loses: q6
hint: not about speed
"""

CHOICES = {"train_test": "b", "train_test_why": "a", "test_batch": "c", "test_batch_why": "a"}
