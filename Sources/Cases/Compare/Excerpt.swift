import JSONSlices

/// Texts cut to what a person wants to see of them.
enum Excerpt {
    /// JSON on one line, with a blank behind commas and colons, cut to `length` characters.
    static func shown(_ value: JSONSlice, length: Int = 160) -> String {
        let text = JSONLayout.oneLine(.slice(value), limit: length * 4)
        return cut(text, length: length)
    }

    static func cut(_ text: String, length: Int = 160) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}
