#include "CXXHash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static medley_hash128 hash128(XXH128_hash_t hash) {
    medley_hash128 result = {hash.low64, hash.high64};
    return result;
}

medley_hash128 medley_xxh3_128(const void *bytes, size_t count) {
    return hash128(XXH3_128bits(bytes, count));
}

void *medley_xxh3_begin(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state) XXH3_128bits_reset(state);
    return state;
}

void medley_xxh3_update(void *state, const void *bytes, size_t count) {
    XXH3_128bits_update(state, bytes, count);
}

medley_hash128 medley_xxh3_end(void *state) {
    medley_hash128 result = hash128(XXH3_128bits_digest(state));
    XXH3_freeState(state);
    return result;
}
