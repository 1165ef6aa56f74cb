/// Collects one response while it arrives, within limits. A value of its transfer; no libcurl in it.
///
/// Feed it header lines and pieces of the decoded body; it answers false once a limit is passed, and `failure` says
/// which. A status line begins anew, so that of a redirect, or of an interim response, nothing is left.
struct ResponseSink {
    private(set) var status = 0
    private(set) var section = HeaderSection()
    private(set) var body: [UInt8] = []
    /// Why the transfer has to end.
    private(set) var failure: TransportError?
    /// Any byte of any response has arrived.
    private(set) var hasBegun = false

    /// Chunks of the body before what stands in `body`.
    private var full: [[UInt8]] = []
    private var fullBytes = 0

    private var maxBody = 0
    private var maxHeaderBytes = 0
    private var maxHeaderFields = 0
    private var headerBytes = 0
    private var isHeaderOpen = false
    /// `Content-Length`, when the body comes as it is.
    private var announced: Int?
    private(set) var isEncoded = false

    init() {}

    init(options: BackendOptions) {
        maxBody = options.maxResponseBody
        maxHeaderBytes = options.maxHeaderBytes
        maxHeaderFields = options.maxHeaderFields
    }

    /// One line of a header section, its line end included: a status line, a field, or the empty line at the end.
    mutating func receive(line: UnsafeBufferPointer<UInt8>) -> Bool {
        hasBegun = true
        let isFolded = line.first.map(Self.isBlank) == true
        let line = Self.trimmed(line)
        let begins = mayBegin && Self.isStatusLine(line)
        if begins {
            begin(statusLine: line)
        } else if line.isEmpty, !isFolded {
            isHeaderOpen = false
        }
        headerBytes &+= line.count &+ 2
        guard headerBytes <= maxHeaderBytes else {
            return fail(.badResponse(detail: "more than \(maxHeaderBytes) bytes of header"))
        }
        // What follows the empty line without a new status line is a trailer: counted, and dropped.
        guard isHeaderOpen, !line.isEmpty, !begins else { return true }
        return receive(field: line)
    }

    /// A piece of the body, decoded.
    mutating func receive(body piece: UnsafeRawBufferPointer) -> Bool {
        if body.isEmpty, let announced, !isEncoded {
            guard announced <= maxBody else { return fail(.tooLarge(limit: maxBody)) }
            // In one piece, so that a large body is not held twice while an array grows. A lie costs addresses and no
            // memory, pages that nothing is written to; and more than 64 MiB is not believed.
            body.reserveCapacity(min(announced, 64 << 20))
        }
        guard piece.count <= maxBody - fullBytes - body.count else { return fail(.tooLarge(limit: maxBody)) }
        if body.count >= Self.chunkSize, body.count + piece.count > body.capacity { setAside() }
        body.append(contentsOf: piece)
        return true
    }

    /// A large body of unknown length is gathered in chunks: an array that grows holds it twice while it is copied.
    private mutating func setAside() {
        fullBytes += body.count
        full.append(body)
        body = []
        body.reserveCapacity(Self.chunkSize)
    }

    /// The whole body. Each chunk is let go as soon as it is copied.
    private mutating func joinedBody() -> [UInt8] {
        guard !full.isEmpty else { return body }
        var whole: [UInt8] = []
        whole.reserveCapacity(fullBytes + body.count)
        full.append(body)
        body = []
        for index in full.indices {
            whole += full[index]
            full[index] = []
        }
        return whole
    }

    private static let chunkSize = 1 << 20

    /// The response, moved out; the sink is as new.
    mutating func finish(timings: TransferTimings) -> TransportResponse {
        let response = TransportResponse(status: status, section: section, body: joinedBody(), timings: timings)
        self = ResponseSink()
        return response
    }

    /// Whether the header section of a final response is complete.
    var hasFinalHead: Bool { status >= 200 && !isHeaderOpen }

    /// Whether a status line can come now: at first, after an interim response, after a redirect. Among fields, or in
    /// the trailer of a final response, what looks like one is none.
    private var mayBegin: Bool {
        !isHeaderOpen && (status < 200 || (300..<400).contains(status))
    }

    private mutating func begin(statusLine: UnsafeBufferPointer<UInt8>) {
        // The heads of interim responses count as one with that of the final one: there is no end to them otherwise.
        if status >= 200 { headerBytes = 0 }
        status = 0
        section = HeaderSection()
        announced = nil
        isEncoded = false
        isHeaderOpen = true
        let rest = statusLine.drop { $0 != 0x20 }.drop { $0 == 0x20 }
        for byte in rest.prefix(3) where (0x30...0x39).contains(byte) { status = status * 10 + Int(byte - 0x30) }
    }

    private mutating func receive(field line: UnsafeBufferPointer<UInt8>) -> Bool {
        if let first = line.first, Self.isBlank(first) {
            // A folded line (RFC 9112, section 5.2): part of the value before it.
            section.extendLast(by: line.drop(while: Self.isBlank))
            return true
        }
        guard let colon = line.firstIndex(of: 0x3A), colon > 0 else { return true }
        guard section.count < maxHeaderFields else {
            return fail(.badResponse(detail: "more than \(maxHeaderFields) header fields"))
        }
        var value = colon + 1
        while value < line.count, Self.isBlank(line[value]) { value += 1 }
        switch colon {
        case 14 where Self.isNamed(line, "content-length"):
            announced = Int(String(decoding: line[value...], as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
        case 16 where Self.isNamed(line, "content-encoding"):
            isEncoded = true
        default:
            break
        }
        section.append(line: line, colon: colon, value: value)
        return true
    }

    private mutating func fail(_ error: TransportError) -> Bool {
        failure = error
        return false
    }

    /// Whether a line begins with `wanted`, which is in small letters.
    private static func isNamed(_ line: UnsafeBufferPointer<UInt8>, _ wanted: StaticString) -> Bool {
        wanted.withUTF8Buffer { wanted in
            line.count >= wanted.count
                && wanted.indices.allSatisfy { HeaderValidation.lowercased(line[$0]) == wanted[$0] }
        }
    }

    private static func isStatusLine(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count >= 5 && line[0] == 0x48 && line[1] == 0x54 && line[2] == 0x54 && line[3] == 0x50 && line[4] == 0x2F
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    /// Without the line end and the whitespace before it.
    private static func trimmed(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = line.count
        while end > 0, isBlank(line[end - 1]) || line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        return UnsafeBufferPointer(rebasing: line[..<end])
    }
}
