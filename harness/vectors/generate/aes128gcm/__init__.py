"""The suite `aes128gcm`: RFC 8188."""
