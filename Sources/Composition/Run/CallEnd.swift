import CurlTransport
import JSONSlices

/// How one call ended.
struct CallEnd: Sendable {
    /// The call's place in the plan.
    let call: Int
    let result: Result<JSONValue, CallFailure>
    /// The answer's status and fields, where one came.
    var status: Int?
    var headers = HeaderSection()
    /// From its start to its value, in microseconds.
    let duration: Int

    /// The value of a slot that this call's end fills.
    ///
    /// - Parameter value: the call's value, its fallback if that was used.
    func value(of source: SlotSource, value: JSONValue) -> JSONValue {
        switch source {
        case .callStatus:
            return status.map { .number(JSONNumber($0)) } ?? .null
        case .callError:
            guard case .failure(let failure) = result else { return .null }
            return .string(failure.reason.word)
        case .callHeader(_, let name):
            let values = headers.values(of: name)
            return name == "set-cookie" && !values.isEmpty
                ? .array(values.map(JSONValue.string)) : RequestInput.joined(values)
        default:
            return value
        }
    }
}
