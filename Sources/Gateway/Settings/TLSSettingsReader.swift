import Diagnostics
import JSONSlices

/// Reads `tls` of the settings. Every mistake is reported.
struct TLSSettingsReader {
    static let keys = ["certificates", "minimumVersion", "clientCertificates", "handshakeTimeout"]
    static let certificateKeys = ["certificate", "key", "names"]
    static let clientKeys = ["authorities", "required"]

    let source: SettingsSource

    /// - Parameter reader: nil where the settings have no `tls`.
    static func read(_ reader: ObjectReader?, _ source: SettingsSource) -> TLSSettings? {
        reader.flatMap { TLSSettingsReader(source: source).read($0) }
    }

    private func read(_ reader: ObjectReader) -> TLSSettings? {
        guard let certificates = certificates(reader) else { return nil }
        var settings = TLSSettings(certificates: certificates)
        settings.minimumVersion = version(reader) ?? settings.minimumVersion
        let timeout = source.reader(for: "handshakeTimeout", of: ["tls"], in: reader)?
            .duration("handshakeTimeout", in: .milliseconds(100)...(.seconds(300)))
        settings.handshakeTimeout = timeout ?? settings.handshakeTimeout
        settings.clientCertificates = reader.nested("clientCertificates", known: Self.clientKeys).flatMap(clients)
        return settings
    }

    private func certificates(_ reader: ObjectReader) -> [TLSSettings.Pair]? {
        guard let slice = reader["certificates"] else {
            reader.missing("certificates")
            return nil
        }
        guard slice.kind == .array, slice.count > 0 else {
            return reader.mismatch("certificates", slice, wanted: "a list of {\"certificate\": …, \"key\": …}")
        }
        let elements = Array(slice.elements)
        let pairs = elements.compactMap { element in
            ObjectReader(
                element,
                in: reader.file,
                role: "the certificate",
                known: Self.certificateKeys,
                diagnostics: source.diagnostics
            ).flatMap(pair)
        }
        return pairs.count == elements.count ? pairs : nil
    }

    private func pair(_ reader: ObjectReader) -> TLSSettings.Pair? {
        let certificate = path("certificate", reader)
        let key = path("key", reader)
        guard let names = names(reader), let certificate, let key else { return nil }
        return TLSSettings.Pair(
            certificate: certificate.path,
            key: key.path,
            names: names,
            certificatePlace: certificate.place,
            keyPlace: key.place
        )
    }

    private func path(_ key: String, _ reader: ObjectReader) -> (path: String, place: Diagnostic.Place)? {
        guard let slice = reader[key] else {
            reader.missing(key)
            return nil
        }
        guard let text = reader.string(key), let path = source.expanded(text, slice, reader.file) else { return nil }
        guard !path.isEmpty else { return reader.mismatch(key, slice, wanted: "the path of a PEM file") }
        return (path, Diagnostic.Place(file: reader.file, range: slice.byteRange))
    }

    /// - Returns: empty where there are none; nil after an error.
    private func names(_ reader: ObjectReader) -> [String]? {
        guard let slice = reader["names"] else { return [] }
        guard slice.kind == .array, slice.count > 0 else {
            return reader.mismatch("names", slice, wanted: "a list such as [\"api.example.com\", \"*.example.com\"]")
        }
        var names: [String] = []
        for element in slice.elements {
            guard let name = element.string, ServerNames.isName(name) else {
                source.diagnostics.error(
                    "'names' has what is no name of a server",
                    in: reader.file,
                    at: element,
                    help: "for instance \"api.example.com\", or \"*.example.com\" for all that have one label before it"
                )
                return nil
            }
            names.append(name.lowercased())
        }
        return names
    }

    private func version(_ reader: ObjectReader) -> TLSSettings.Version? {
        guard let holder = source.reader(for: "minimumVersion", of: ["tls"], in: reader),
            let slice = holder["minimumVersion"]
        else { return nil }
        // A variable that holds 1.2 is a number.
        if let version = (slice.string ?? slice.numberText).flatMap(TLSSettings.Version.init) { return version }
        return holder.mismatch("minimumVersion", slice, wanted: "\"1.2\" or \"1.3\"")
    }

    private func clients(_ reader: ObjectReader) -> TLSSettings.ClientCertificates? {
        guard let authorities = path("authorities", reader) else { return nil }
        var settings = TLSSettings.ClientCertificates(authorities: authorities.path, place: authorities.place)
        settings.isRequired = reader.bool("required") ?? settings.isRequired
        return settings
    }
}
