"""The commands of the command line, by who types them."""
