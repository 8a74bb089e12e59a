"""A class at once: find the submissions, grade them, keep the gradebook."""
