import JSONSlices

extension ClientIdentity {
    /// The certificate as claims: `subject`, `names`, `fingerprint`.
    var claims: JSONSlice {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("subject")
        writer.write(string: subject)
        writer.key("names")
        writer.write(.array(names.map(JSONValue.string)))
        writer.key("fingerprint")
        writer.write(string: fingerprint)
        writer.endObject()
        return (try? JSONDocument(parsing: writer.finish()))?.root ?? ConsumerKeys.noClaims
    }
}
