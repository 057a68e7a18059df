#!/bin/sh
# Calls my-library for Sealproof: `adapter.sh decrypt|encrypt KEY-IN-HEX`, octets on standard input and standard output.
# implementation.toml says in four steps what to fill in; here are steps 2 and 3.
#
# Convert, and nothing else: check nothing here, so that what is seen is the tool's own doing.
set -eu

key=$2

case $1 in
decrypt)
    # exec my-tool decrypt --key "$key"
    echo "decrypt is not implemented yet (its key is $key)" >&2
    exit 70
    ;;
encrypt)
    # exec my-tool encrypt --key "$key"
    echo "encrypt is not implemented yet (its key is $key)" >&2
    exit 70
    ;;
esac
exit 64
