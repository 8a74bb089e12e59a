"""Models as graphs: what a network is, decided from its operations and its tensors alone.

1. `record` runs beside the student's model: one forward pass becomes a list of operations
   and a list of tensors, each once, however many names it has.
2. `graph` reads that claim into a `Graph`; an operation outside `operations` is refused.
3. `execute` runs a graph with any tensors; `apart` does it in a forked child with limits.
4. `macs`, `layers`, `field`, `compare` answer questions about a graph. None of them ever
   asks the student's code.
"""
