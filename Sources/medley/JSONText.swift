import JSONSlices

/// JSON for a person to read. Numbers keep their digits, objects the order of their members.
struct JSONText {
    private let isIndented: Bool
    private var text = ""

    /// - Parameter isIndented: two spaces for each level; else everything stands on one line, without spaces.
    static func text(of value: JSONValue, isIndented: Bool) -> String {
        var json = JSONText(isIndented: isIndented)
        json.append(value, level: 0)
        return json.text
    }

    private init(isIndented: Bool) {
        self.isIndented = isIndented
    }

    private mutating func append(_ value: JSONValue, level: Int) {
        if let elements = value.arrayElements {
            append("[", elements, "]", level: level) { $0.append($1, level: level + 1) }
        } else if let members = value.objectMembers {
            append("{", members, "}", level: level) { json, member in
                json.append(leaf: .string(member.key))
                json.text += json.isIndented ? ": " : ":"
                json.append(member.value, level: level + 1)
            }
        } else {
            append(leaf: value)
        }
    }

    private mutating func append<Part>(
        _ opening: String,
        _ parts: [Part],
        _ closing: String,
        level: Int,
        _ append: (inout JSONText, Part) -> Void
    ) {
        text += opening
        for (place, part) in parts.enumerated() {
            if place > 0 { text += "," }
            breakLine(level: level + 1)
            append(&self, part)
        }
        if !parts.isEmpty { breakLine(level: level) }
        text += closing
    }

    private mutating func breakLine(level: Int) {
        guard isIndented else { return }
        text += "\n" + String(repeating: "  ", count: level)
    }

    private mutating func append(leaf: JSONValue) {
        var writer = JSONWriter()
        writer.write(leaf)
        text += String(decoding: writer.finish(), as: UTF8.self)
    }
}
