"""Magic lines, imports under other names, a lambda as an argument."""
