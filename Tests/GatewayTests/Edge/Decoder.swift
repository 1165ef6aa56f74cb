import CCodings
import CZstd

@testable import Gateway

enum Decoder {
    /// The decoded body; nil for one that is damaged, and for brotli, which `.ci/e2e-edge` decodes.
    static func decode(_ encoded: [UInt8], _ coding: ContentCoding, size: Int) -> [UInt8]? {
        var count = -1
        let body = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            count = encoded.withUnsafeBytes { source in
                switch coding {
                case .gzip:
                    Int(medley_gzip_decompress(buffer.baseAddress, size, source.baseAddress, source.count))
                case .zstd:
                    medley_zstd_decompress(buffer.baseAddress, size, source.baseAddress, source.count) != 0 ? size : -1
                case .br: -1
                }
            }
            filled = max(0, count)
        }
        return count < 0 ? nil : body
    }
}
