import CurlTransport
public import Foundation

/// What the gateway answered.
public struct MedleyReply: Sendable {
    public let status: Int
    /// Header fields in the order sent.
    public let fields: [(name: String, value: String)]
    public let body: [UInt8]

    /// The first field of that name, in any case; nil when there is none.
    public func header(_ name: String) -> String? {
        fields.first { HeaderValidation.equal($0.name, name) }?.value
    }

    /// The body as a text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    public var json: JSONResult { JSONResult(parsing: body) }

    /// The body as a value of your own.
    ///
    /// - Throws: what the decoder throws.
    public func decode<Value: Decodable>(
        _ type: Value.Type = Value.self,
        decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        try decoder.decode(type, from: Data(body))
    }
}
