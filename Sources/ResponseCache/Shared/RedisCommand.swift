/// A command as Redis's protocol writes it: an array of bulk strings, which may hold any bytes.
struct RedisCommand {
    /// With a zero at the end that is not sent: hiredis reads the first words as C strings.
    private(set) var bytes: [UInt8]

    init(_ name: StaticString, _ arguments: [[UInt8]]) {
        bytes = []
        bytes.reserveCapacity(arguments.reduce(24 * (arguments.count + 2)) { $0 + $1.count })
        bytes.append(0x2A)
        Self.append(arguments.count + 1, to: &bytes)
        name.withUTF8Buffer { append($0) }
        for argument in arguments { argument.withUnsafeBufferPointer { append($0) } }
        bytes.append(0)
    }

    init(_ name: StaticString, _ arguments: String...) {
        self.init(name, arguments.map { Array($0.utf8) })
    }

    private mutating func append(_ argument: UnsafeBufferPointer<UInt8>) {
        bytes.append(0x24)
        Self.append(argument.count, to: &bytes)
        bytes.append(contentsOf: argument)
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}
