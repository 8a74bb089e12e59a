"""What leaves the house: skeletons."""
