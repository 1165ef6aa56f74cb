import CZstd

/// Bodies made smaller: level 1, which costs least.
enum Zstd {
    /// Nil when the body is short, or does not get smaller by an eighth.
    static func compressed(_ body: [UInt8], from threshold: Int) -> [UInt8]? {
        guard body.count >= threshold, body.count >= 64 else { return nil }
        let room = body.count - body.count / 8
        let frame = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = body.withUnsafeBytes { medley_zstd_compress(buffer.baseAddress, room, $0.baseAddress, $0.count, 1) }
        }
        return frame.isEmpty ? nil : frame
    }

    /// Nil when the frame is damaged or is not of exactly that size, which is checked before memory is taken.
    static func decompressed(_ frame: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        frame.withUnsafeBytes { source in
            guard medley_zstd_declared(source.baseAddress, source.count) == Int64(size) else { return nil }
            var isWhole = false
            let body = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                isWhole = medley_zstd_decompress(buffer.baseAddress, size, source.baseAddress, source.count) != 0
                count = isWhole ? size : 0
            }
            return isWhole ? body : nil
        }
    }
}
