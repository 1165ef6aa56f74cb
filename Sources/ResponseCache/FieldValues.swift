public import CurlTransport

/// A header section that is asked for fields by name.
public protocol FieldValues {
    /// The values of the fields of that name, compared without regard to ASCII case, in the order received; one for each
    /// line.
    func values(of name: String) -> [String]
}

extension HeaderSection: FieldValues {}

extension Array: FieldValues where Element == HeaderField {
    public func values(of name: String) -> [String] {
        compactMap { HeaderValidation.equal($0.name, name) ? $0.value : nil }
    }
}
