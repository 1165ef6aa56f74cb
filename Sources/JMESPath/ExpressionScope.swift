/// What an expression may name besides its input. Asked while the expression is parsed, never when it is evaluated.
public protocol ExpressionScope {
    /// - Parameter path: one identifier, or several where those before the last one were answered with
    ///   ``NameResolution/namespace(_:)``. Never empty.
    mutating func resolve(_ path: [String]) -> NameResolution
}

/// A scope's answer to a name.
public enum NameResolution: Hashable, Sendable {
    /// A value: what the evaluation is given at this place of its slots.
    case slot(Int)
    /// The path so far names no value; one more identifier has to follow. The text says which may, as in
    /// "name a call: calls.user"; it stands in the error when the path ends here.
    case namespace(String)
    /// The error's message, as in "no call or parameter is named 'usr'; did you mean 'user'?".
    case unknown(message: String)
}

/// What the first identifier of an expression reads.
public enum ExpressionRoot: Hashable, Sendable {
    /// `@` and `$` are the value given to the evaluation; names of the scope are read as `$name` alone.
    case document
    /// Identifiers at the root are names of the scope: `user.name` reads the member `name` of the slot of `user`.
    /// `@` and `$` by themselves are errors.
    case scope
}

/// Has no names at all.
public struct EmptyScope: ExpressionScope, Sendable {
    public init() {}

    public mutating func resolve(_ path: [String]) -> NameResolution {
        .unknown(message: "there is no variable '$\(path.joined(separator: "."))' here")
    }
}
