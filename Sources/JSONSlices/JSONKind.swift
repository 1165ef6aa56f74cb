/// The seven things a JSON value can be (RFC 8259, section 3; `true` and `false` count apart).
public enum JSONKind: UInt8, Hashable, Sendable {
    case null
    case `false`
    case `true`
    case number
    case string
    case array
    case object
}
