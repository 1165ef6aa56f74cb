import CCurl

/// A request's header lines in the form libcurl reads, a linked list of C strings, in memory used again and again.
///
/// `curl_slist_append` would take two allocations per line. libcurl never changes a list given to it, nor keeps it past
/// the transfer. Owner: one `Transfer`, on its loop; the list stays valid until the next `fill`.
struct HeaderList: ~Copyable {
    private var bytes: UnsafeMutableBufferPointer<CChar>
    private var nodes: UnsafeMutableBufferPointer<curl_slist>

    init() {
        bytes = .allocate(capacity: 1024)
        nodes = .allocate(capacity: 16)
    }

    deinit {
        bytes.deallocate()
        nodes.deallocate()
    }

    /// Writes the lines and returns the head of the list, which is nil for no line at all.
    ///
    /// - Parameters:
    ///   - fields: checked by `HeaderValidation`.
    ///   - lines: further lines as libcurl takes them; `Name:` alone keeps it from adding that field of its own accord.
    mutating func fill(_ fields: [HeaderField], adding lines: [StaticString]) -> UnsafeMutablePointer<curl_slist>? {
        let count = fields.count + lines.count
        guard count > 0 else { return nil }
        var size = 0
        for field in fields { size += field.name.utf8.count + field.value.utf8.count + 3 }
        for line in lines { size += line.utf8CodeUnitCount + 1 }
        reserve(lines: count, size: size)

        var cursor = Cursor(bytes: bytes)
        var line = 0
        for field in fields {
            link(line, of: count, at: cursor.position)
            cursor.write(field.name)
            if field.value.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                cursor.write(0x3B)  // "Name;" is libcurl's way to write a field without a value
            } else {
                cursor.write(0x3A)
                cursor.write(0x20)
                cursor.write(field.value)
            }
            cursor.write(0)
            line += 1
        }
        for further in lines {
            link(line, of: count, at: cursor.position)
            further.withUTF8Buffer { cursor.write($0) }
            cursor.write(0)
            line += 1
        }
        return nodes.baseAddress
    }

    private mutating func reserve(lines: Int, size: Int) {
        if nodes.count < lines {
            nodes.deallocate()
            nodes = .allocate(capacity: lines * 2)
        }
        if bytes.count < size {
            bytes.deallocate()
            bytes = .allocate(capacity: size * 2)
        }
    }

    private func link(_ line: Int, of count: Int, at position: Int) {
        let data = bytes.baseAddress.map { $0 + position }
        let next = line + 1 < count ? nodes.baseAddress.map { $0 + line + 1 } : nil
        nodes.initializeElement(at: line, to: curl_slist(data: data, next: next))
    }

    /// Writes within the room reserved.
    private struct Cursor {
        let bytes: UnsafeMutableBufferPointer<CChar>
        var position = 0

        mutating func write(_ byte: UInt8) {
            bytes[position] = CChar(bitPattern: byte)
            position += 1
        }

        mutating func write(_ text: String) {
            let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { write($0) }
            if isWritten == nil { Array(text.utf8).withUnsafeBufferPointer { write($0) } }
        }

        mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
            let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[position...])
            room.copyMemory(from: UnsafeRawBufferPointer(text))
            position += text.count
        }
    }
}
