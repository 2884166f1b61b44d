"""How sure an answer is: the ranges of its figures carried through the stages."""
