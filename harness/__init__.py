"""Sealproof: the conformance, interop and fuzz harness for sealed messages."""
