"""The command line: each command reads its words, calls the library and hands the answer to render."""
