import CCodings
import CZstd

/// A way to make a body smaller (RFC 9110, section 8.4.1).
enum ContentCoding: String, CaseIterable, Sendable {
    /// RFC 8878.
    case zstd
    /// RFC 7932.
    case br
    /// RFC 1952.
    case gzip

    /// What a level may be. zstd's levels above 19 have windows that browsers need not take (RFC 9659).
    var levels: ClosedRange<Int> {
        switch self {
        case .zstd: 1...19
        case .br: 0...11
        case .gzip: 1...9
        }
    }

    /// What a gateway that has other things to do can afford for each reply.
    var defaultLevel: Int {
        switch self {
        case .zstd: 3
        case .br: 4
        case .gzip: 6
        }
    }

    /// The body in this coding.
    ///
    /// - Returns: nil when it would not be smaller.
    func encode(_ body: [UInt8], level: Int) -> [UInt8]? {
        guard body.count > 1 else { return nil }
        let room = body.count - 1
        let level = Int32(clamping: level)
        let encoded = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = body.withUnsafeBytes { bytes in
                switch self {
                case .zstd: medley_zstd_compress(buffer.baseAddress, room, bytes.baseAddress, bytes.count, level)
                case .br: medley_brotli_compress(buffer.baseAddress, room, bytes.baseAddress, bytes.count, level)
                case .gzip: medley_gzip_compress(buffer.baseAddress, room, bytes.baseAddress, bytes.count, level)
                }
            }
        }
        // A copy, since the room was for the whole body.
        return encoded.isEmpty ? nil : Array(encoded[...])
    }
}
