"""One run on Gradescope: what `run_autograder` starts there, from the files to `results.json`."""
