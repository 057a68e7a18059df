"""Messages as values: build one, seal it into octets, parse octets back, compare two, print one."""
