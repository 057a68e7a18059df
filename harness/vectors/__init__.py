"""The vectors: their model, loading, lint, and the generator that writes them."""
