import CXXHash
import CurlTransport

/// An entry as bytes, for other nodes to read. All numbers are little-endian.
///
///     magic     u8      0x4D
///     version   u8      1; another one is for nodes of another Medley
///     checksum  u64     XXH3-128's low half of everything that follows
///     key       u32 n   the whole key: a hash says only where an entry may be
///     kind      u8      0 response, 1 names of `Vary`
///
/// then for names a u16 count and each with a u16 length, and for a response
///
///     status u16, flags u8 (1 always revalidates, 2 forbids stale), six i64 of the lifetime, generation u64,
///     url u32 n, tags u16 count each u16 n, fields u16 count each u16 n and u32 n,
///     coding u8 (0 as it is, 1 zstd), length u32 of the body decoded, u32 n the body
enum SharedEntry {
    private static let magic: UInt8 = 0x4D
    private static let version: UInt8 = 1
    private static let frontLength = 10

    /// Bytes that an entry may have besides its body: key, URL, tags, fields.
    static let maximumFrame = 1 << 20
    private static let maximumFields = 1_000
    private static let maximumTags = 1_000

    struct Limits {
        /// Bytes of a body, decoded.
        var maxEntry = CachePolicy.defaultMaxEntry
        /// Bodies of so many bytes and more are compressed, when they get smaller by an eighth.
        var compressFrom = 4 << 10
    }

    /// Nil for what no node would take: larger than the limits.
    static func encode(_ entry: StoredEntry, key: CacheKey, limits: Limits = Limits()) -> [UInt8]? {
        var writer = ByteWriter()
        switch entry {
        case .varies(let names):
            writer.begin(capacity: 64 + key.bytes.count + names.reduce(0) { $0 + $1.utf8.count + 2 })
            writeFront(key, kind: 1, to: &writer)
            writer.write(count: names.count)
            for name in names { writer.write(short: name) }
        case .response(let response):
            guard response.body.count <= limits.maxEntry else { return nil }
            write(response, key, limits, to: &writer)
        }
        var bytes = writer.bytes
        let bodyLength = if case .response(let response) = entry { response.body.count } else { 0 }
        guard !writer.hasOverflowed, bytes.count - min(bytes.count, bodyLength) <= maximumFrame else { return nil }
        sign(&bytes)
        return bytes
    }

    /// Puts the checksum in its place.
    static func sign(_ bytes: inout [UInt8]) {
        let sum = checksum(bytes)
        for index in 0..<8 { bytes[2 + index] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * index)) }
    }

    private static func writeFront(_ key: CacheKey, kind: UInt8, to writer: inout ByteWriter) {
        writer.write(magic)
        writer.write(version)
        writer.write(UInt64(0))
        writer.write(UInt32(clamping: key.bytes.count))
        writer.write(bytes: key.bytes)
        writer.write(kind)
    }

    private static func write(
        _ response: StoredResponse,
        _ key: CacheKey,
        _ limits: Limits,
        to writer: inout ByteWriter
    ) {
        let fields = response.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 6 }
        let tags = response.tags.reduce(0) { $0 + $1.utf8.count + 2 }
        let body = Zstd.compressed(response.body, from: limits.compressFrom)
        let bodyLength = body?.count ?? response.body.count
        writer.begin(capacity: 128 + key.bytes.count + response.url.utf8.count + fields + tags + bodyLength)
        writeFront(key, kind: 0, to: &writer)

        let lifetime = response.lifetime
        writer.write(UInt16(clamping: response.status))
        writer.write(UInt8((lifetime.mustRevalidateAlways ? 1 : 0) | (lifetime.forbidsStale ? 2 : 0)))
        for number in [
            lifetime.requestTime.milliseconds, lifetime.responseTime.milliseconds, lifetime.initialAge,
            lifetime.freshness, lifetime.staleWhileRevalidate, lifetime.staleIfError,
        ] { writer.write(UInt64(bitPattern: number)) }
        writer.write(response.generation)
        writer.write(long: response.url)
        writer.write(count: response.tags.count, limit: maximumTags)
        for tag in response.tags { writer.write(short: tag) }
        writer.write(count: response.headers.count, limit: maximumFields)
        for field in response.headers {
            writer.write(short: field.name)
            writer.write(long: field.value)
        }
        writer.write(UInt8(body == nil ? 0 : 1))
        writer.write(UInt32(clamping: response.body.count))
        writer.write(UInt32(clamping: bodyLength))
        writer.write(bytes: body ?? response.body)
    }

    /// Nil for what is not an entry of this key that this version can read: a miss.
    static func decode(_ bytes: [UInt8], key: CacheKey, limits: Limits = Limits()) -> StoredEntry? {
        guard bytes.count >= frontLength, bytes.count <= limits.maxEntry + maximumFrame else { return nil }
        var reader = ByteReader(bytes)
        guard reader.u8() == magic, reader.u8() == version, let sum = reader.u64(), sum == checksum(bytes),
            let keyLength = reader.u32(), let ownKey = reader.take(Int(keyLength)),
            ownKey.elementsEqual(key.bytes), let kind = reader.u8()
        else { return nil }
        let entry: StoredEntry? =
            switch kind {
            case 0: response(&reader, limits).map(StoredEntry.response)
            case 1: reader.texts(limit: maximumFields).map(StoredEntry.varies)
            default: nil
            }
        return reader.isAtEnd ? entry : nil
    }

    private static func response(_ reader: inout ByteReader, _ limits: Limits) -> StoredResponse? {
        guard let status = reader.u16(), let flags = reader.u8(), flags < 4, let requestTime = reader.i64(),
            let responseTime = reader.i64(), let initialAge = reader.i64(), let freshness = reader.i64(),
            let staleWhileRevalidate = reader.i64(), let staleIfError = reader.i64(), let generation = reader.u64(),
            let url = reader.longText(), let tags = reader.texts(limit: maximumTags), let headers = fields(&reader),
            let body = body(&reader, limits)
        else { return nil }
        return StoredResponse(
            status: Int(status),
            headers: headers,
            body: body,
            lifetime: StoredLifetime(
                requestTime: WallTime(milliseconds: requestTime),
                responseTime: WallTime(milliseconds: responseTime),
                initialAge: initialAge,
                freshness: freshness,
                staleWhileRevalidate: staleWhileRevalidate,
                staleIfError: staleIfError,
                mustRevalidateAlways: flags & 1 != 0,
                forbidsStale: flags & 2 != 0
            ),
            url: url,
            tags: tags,
            generation: generation
        )
    }

    private static func fields(_ reader: inout ByteReader) -> [HeaderField]? {
        guard let count = reader.u16(), count <= maximumFields else { return nil }
        var fields: [HeaderField] = []
        fields.reserveCapacity(Int(count))
        for _ in 0..<count {
            // Whoever can write to Redis can write entries; no line more than a field has comes of it.
            guard let name = reader.shortText(), let value = reader.longText(), HeaderValidation.isToken(name),
                HeaderValidation.isValue(value)
            else { return nil }
            fields.append(HeaderField(name: name, value: value))
        }
        return fields
    }

    private static func body(_ reader: inout ByteReader, _ limits: Limits) -> [UInt8]? {
        guard let coding = reader.u8(), let length = reader.u32().map(Int.init), length <= limits.maxEntry,
            let stored = reader.u32().flatMap({ reader.take(Int($0)) })
        else { return nil }
        return switch coding {
        case 0 where stored.count == length: Array(stored)
        case 1: Zstd.decompressed(stored, size: length)
        default: nil
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            let rest = UnsafeRawBufferPointer(rebasing: buffer.dropFirst(frontLength))
            return medley_xxh3_128(rest.baseAddress, rest.count).low
        }
    }
}
