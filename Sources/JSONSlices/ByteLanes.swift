/// Eight bytes looked at in one step (SIMD within a register; the tests for zero and for less-than are those of
/// Sean Anderson's "Bit Twiddling Hacks").
///
/// Each test gives a mask with the high bit of a lane set for a hit. A borrow can set the bits of lanes above a hit, so
/// unless said otherwise only the **lowest** set bit is exact. That is the one that counts: the first in the text.
struct ByteLanes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The first byte of the text in the lowest lane.
    let word: UInt64

    @inline(__always)
    init(_ pointer: UnsafeRawPointer) {
        word = UInt64(littleEndian: pointer.loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private static func all(_ byte: UInt8) -> UInt64 {
        ones &* UInt64(byte)
    }

    /// Hits: a quote, a backslash, a control character, or the start of more than ASCII.
    @inline(__always)
    var endsOfPlainText: UInt64 {
        let control = word &- Self.all(ASCII.space)
        let quotes = (word ^ Self.all(ASCII.quote)) &- Self.ones
        let backslashes = (word ^ Self.all(ASCII.backslash)) &- Self.ones
        return (control | quotes | backslashes | word) & Self.highBits
    }

    /// Hits: a quote, a backslash or a control character.
    ///
    /// Text beyond ASCII is no hit here and must not borrow either, so every lane gets a high bit to borrow from; a
    /// lane that loses it is a hit. This mask is exact in all its bits.
    @inline(__always)
    var needsEscape: UInt64 {
        let text = (word | Self.highBits) &- Self.all(ASCII.space)
        let quotes = ((word ^ Self.all(ASCII.quote)) | Self.highBits) &- Self.ones
        let backslashes = ((word ^ Self.all(ASCII.backslash)) | Self.highBits) &- Self.ones
        return ~(text & quotes & backslashes) & ~word & Self.highBits
    }

    @inline(__always)
    var isAllSpaces: Bool {
        word == Self.all(ASCII.space)
    }

    /// How many bytes stand before the first hit; 8 when there is none.
    @inline(__always)
    static func bytesBeforeHit(_ mask: UInt64) -> Int {
        mask.trailingZeroBitCount &>> 3
    }

    /// Whether two runs of bytes are the same: `memcmp`, eight at a time.
    @inline(__always)
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        var offset = 0
        while offset &+ 8 <= left.count {
            let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            offset &+= 8
        }
        while offset < left.count {
            guard left[offset] == right[offset] else { return false }
            offset &+= 1
        }
        return true
    }
}
