"""Letters as people write them, and arrays of other kinds."""

CHOICES = {"train_test": "B)", "train_test_why": "(d)", "test_batch": " c.", "test_batch_why": "A"}
Z_HAT = np.array([["-1", "1", "1", "-1"]] * 3, dtype=object).astype(int)
Z_TILDE = tuple(tuple(float(v) + b for v in row) for row, b in zip(Z_HAT, (0, -10, 10)))
