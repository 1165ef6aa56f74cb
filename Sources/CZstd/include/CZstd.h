// zstd for Swift to call: one frame at a time, with the size declared in the frame and checked before memory is taken.

#ifndef MEDLEY_CZSTD_H
#define MEDLEY_CZSTD_H

#include <stddef.h>
#include <stdint.h>

/// The most bytes that a compressed frame of `count` bytes can take.
size_t medley_zstd_bound(size_t count);

/// Compresses to one frame that declares its size. The number of bytes written, or 0 when it does not fit or there is no
/// memory.
size_t medley_zstd_compress(void *target, size_t room, const void *bytes, size_t count, int level);

/// What the frame says it decompresses to; -1 when it does not say, or is no frame.
int64_t medley_zstd_declared(const void *frame, size_t count);

/// Decompresses one frame into exactly `size` bytes. False when the frame is damaged or holds more or less.
int medley_zstd_decompress(void *target, size_t size, const void *frame, size_t count);

#endif
