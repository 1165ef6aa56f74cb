import Diagnostics
import JMESPath
import JSONSlices

extension CallReader {
    static let batchKeys = ["size", "id", "key", "join"]

    /// `forEach` and what belongs to it.
    func forEach(_ reader: ObjectReader) -> ForEach? {
        guard reader["forEach"] != nil else {
            for key in ["maxConcurrency", "maxItems", "batch"] {
                guard let slice = reader[key] else { continue }
                context.error("'\(key)' is about a list", at: slice, help: "say which in \"forEach\"")
            }
            return nil
        }
        let list = context.expression("forEach", of: reader, root: .scope)
        let maxConcurrency = reader.integer("maxConcurrency", in: 1...64)
        let maxItems = reader.integer("maxItems", in: 1...10_000)
        let batch = reader["batch"] == nil ? nil : batch(reader)
        guard let list else { return nil }
        return ForEach(
            list: list,
            maxConcurrency: maxConcurrency ?? ForEach.defaultConcurrency,
            maxItems: maxItems ?? ForEach.defaultItems,
            batch: batch
        )
    }

    private func batch(_ reader: ObjectReader) -> ForEach.Batch? {
        guard let reader = reader.nested("batch", known: Self.batchKeys) else { return nil }
        let size = reader.integer("size", in: 1...1000)
        let id = context.expression("id", of: reader, root: .document)
        let key = reader.requiredString("key") == nil ? nil : context.expression("key", of: reader, root: .document)
        context.names.hasItem = true
        let join = context.expression("join", of: reader, root: .document)
        context.names.hasItem = false
        guard let key else { return nil }
        return ForEach.Batch(size: size ?? ForEach.Batch.defaultSize, id: id, key: key, join: join)
    }
}
