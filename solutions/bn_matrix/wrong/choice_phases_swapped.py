"""Training and test are swapped.

loses: q6
hint: yours are swapped
"""

CHOICES = {"train_test": "c", "train_test_why": "d", "test_batch": "c", "test_batch_why": "a"}
