"""Decoders and encoders of RFC 8188 with one defect each: `plain.py` is right, and every other class is not."""
