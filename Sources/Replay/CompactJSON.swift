public import JSONSlices

/// A JSON text without the white space between its tokens; every token as it was written.
public enum CompactJSON {
    public static func bytes(of value: JSONSlice) -> [UInt8] {
        value.withUTF8 { text in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count)
            var isInString = false
            var isEscaped = false
            for byte in text {
                switch byte {
                case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                    if !isInString { continue }
                case UInt8(ascii: "\""):
                    if !isEscaped { isInString.toggle() }
                default: break
                }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                bytes.append(byte)
            }
            return bytes
        }
    }
}
