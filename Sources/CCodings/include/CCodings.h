// gzip and brotli for Swift to call: whole bodies at a time, into room that the caller has made.

#ifndef MEDLEY_CCODINGS_H
#define MEDLEY_CCODINGS_H

#include <stddef.h>
#include <stdint.h>

/// Compresses to one gzip member (RFC 1952) without name and time. The number of bytes written, or 0 when it does not fit
/// or there is no memory. Level 1 to 9.
size_t medley_gzip_compress(void *target, size_t room, const void *bytes, size_t count, int level);

/// Compresses to one brotli stream (RFC 7932), as text. The number of bytes written, or 0 when it does not fit or there is
/// no memory. Level 0 to 11.
size_t medley_brotli_compress(void *target, size_t room, const void *bytes, size_t count, int level);

/// Decompresses one gzip member of at most `room` bytes. The number of bytes, or -1 when it is damaged or longer.
int64_t medley_gzip_decompress(void *target, size_t room, const void *member, size_t count);

#endif
