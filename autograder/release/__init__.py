"""What leaves the house: skeletons, the student's release, the autograder zip."""
