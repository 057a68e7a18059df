"""What is tested: the protocol's messages, and connections to implementations wherever they live."""
