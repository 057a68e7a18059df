/* The implementation protocol over standard input and output: can stay as it is. */

#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct octets {
    unsigned char *data; /* from malloc, so that a memory checker sees a read past its end */
    size_t length;
};

/* The parameters of a request. Those that were not sent have no octets, and has_… is 0. */
struct params {
    struct octets ikm, message, plaintext, salt, keyid;
    uint64_t rs, pad, chunk_size;
    int has_salt, has_keyid, has_rs, has_pad, has_chunk_size;
};

enum how { ACCEPTED = 0, REJECTED = 1, UNSUPPORTED = 2, DEFECT = -32603 };

struct answer {
    enum how how;
    struct octets octets; /* freed when it has been sent */
    const char *why;
};

struct octets new_octets(size_t length);
struct answer accepted(struct octets octets);
struct answer refused(enum how how, const char *why);

/* What adapter.c provides. */
extern const char description[];
struct answer decrypt(const struct params *params);
struct answer encrypt(const struct params *params);

#endif
