"""Plan what an implementation claims, run it, judge what happened."""
