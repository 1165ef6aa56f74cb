/// How far the writer has come in one computed array or object.
struct JSONWriterFrame {
    enum Container {
        case array([JSONValue])
        case shaped(JSONShape, [JSONValue])
        case members([(key: String, value: JSONValue)])
    }

    let container: Container

    /// The first element or member that is not written.
    var next = 0

    /// nil when the value is no computed container, or one without others in it: a row of a table.
    @inline(__always)
    init?(_ value: JSONValue) {
        switch value {
        case .array(let elements): container = .array(elements)
        case .object(let object):
            switch object.storage {
            case .shaped(let shape, let values): container = .shaped(shape, values)
            case .row: return nil
            case .members(let members, _): container = .members(members)
            }
        default: return nil
        }
    }
}
