"""An answer stands under a name that was not asked for.

loses: q6
hint: remove or rename it
"""

CHOICES = {
    "train_test": "b",
    "train_test_why": "d",
    "test_batch": "c",
    "test_batch_why": "a",
    "test_batch_reason": "a",
}
