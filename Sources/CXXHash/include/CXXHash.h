// XXH3 of Debian's header-only libxxhash, for Swift to call.

#ifndef MEDLEY_CXXHASH_H
#define MEDLEY_CXXHASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t low;
    uint64_t high;
} medley_hash128;

/// The 128-bit XXH3 hash of bytes that may lie in several pieces. The same on every machine.
medley_hash128 medley_xxh3_128(const void *bytes, size_t count);

/// A hash that is fed piece by piece; null when there is no memory. Ended and freed by `medley_xxh3_end`.
void *medley_xxh3_begin(void);
void medley_xxh3_update(void *state, const void *bytes, size_t count);
medley_hash128 medley_xxh3_end(void *state);

#endif
