"""A decoder and an encoder with one realistic defect each: they prove the vectors, and name the likely mistake.

A mutant is a class derived from its suite's plain codec (`aes128gcm/plain.py`) that overrides one step; its
docstring tells what a programmer did, and where that really happens. The plain codec is not the reference: that one
is written to be fast as well as short, so that a defect in it would have to be an edit of its text, and every
improvement of the reference would break the catalogue. The plain one is written to be overridden, a method a step
of the text, and a test holds it to the reference's verdicts on every vector.

`catalogue.MUTANTS` is all of them; `run.py` asks them the vectors and says which cases tell them from a correct
implementation, and whether such a case names the rule that is broken.
"""
