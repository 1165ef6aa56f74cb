#include "CCodings.h"

#include <brotli/encode.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

size_t medley_gzip_compress(void *target, size_t room, const void *bytes, size_t count, int level) {
    // zlib counts in unsigned ints.
    if (count > UINT_MAX) return 0;
    z_stream stream;
    memset(&stream, 0, sizeof(stream));
    // 15 bits of window, and 16 for the wrapper of gzip.
    if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = target;
    stream.avail_out = room > UINT_MAX ? UINT_MAX : (uInt)room;
    int result = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? written : 0;
}

size_t medley_brotli_compress(void *target, size_t room, const void *bytes, size_t count, int level) {
    size_t written = room;
    int whole =
        BrotliEncoderCompress(level, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, count, bytes, &written, target);
    return whole ? written : 0;
}

int64_t medley_gzip_decompress(void *target, size_t room, const void *member, size_t count) {
    if (count > UINT_MAX) return -1;
    z_stream stream;
    memset(&stream, 0, sizeof(stream));
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return -1;
    stream.next_in = (Bytef *)member;
    stream.avail_in = (uInt)count;
    stream.next_out = target;
    stream.avail_out = room > UINT_MAX ? UINT_MAX : (uInt)room;
    int result = inflate(&stream, Z_FINISH);
    int64_t written = (int64_t)stream.total_out;
    int whole = result == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    return whole ? written : -1;
}
