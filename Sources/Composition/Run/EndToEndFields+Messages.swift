import CurlTransport

extension [HeaderField] {
    /// Without the fields that are about one connection (RFC 9110, section 7.6.1): those that are by their name, and those
    /// that `Connection` names.
    func endToEnd() -> [HeaderField] {
        let options = ConnectionOptions(
            compactMap { HeaderValidation.equal($0.name, "connection") ? $0.value : nil }
        )
        return filter { field in
            !HeaderRules.isHopByHop(field.name) && !HeaderValidation.equal(field.name, "proxy-connection")
                && !options.name(field.name)
        }
    }
}
