"""What a student really hands in, read without trusting it.

`folder` and `archive` list what is there, `selection` says which file stands for which
hand-in, `source` and `notebook` turn Python of every age into clean text.
"""
