#include "CZstd.h"

#include <zstd.h>

size_t medley_zstd_bound(size_t count) {
    return ZSTD_compressBound(count);
}

size_t medley_zstd_compress(void *target, size_t room, const void *bytes, size_t count, int level) {
    size_t written = ZSTD_compress(target, room, bytes, count, level);
    return ZSTD_isError(written) ? 0 : written;
}

int64_t medley_zstd_declared(const void *frame, size_t count) {
    unsigned long long size = ZSTD_getFrameContentSize(frame, count);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > INT64_MAX) return -1;
    return (int64_t)size;
}

int medley_zstd_decompress(void *target, size_t size, const void *frame, size_t count) {
    // Several frames in a row would count too, hence the check of the first one's length.
    size_t length = ZSTD_findFrameCompressedSize(frame, count);
    if (ZSTD_isError(length) || length != count) return 0;
    size_t written = ZSTD_decompress(target, size, frame, count);
    return !ZSTD_isError(written) && written == size;
}
