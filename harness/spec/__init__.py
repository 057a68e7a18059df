"""The requirement catalogue: every rule that a verdict can point at, as data, and its loader."""
