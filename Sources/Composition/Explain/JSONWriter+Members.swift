import JMESPath
import JSONSlices

extension JSONWriter {
    mutating func object(_ members: (inout JSONWriter) -> Void) {
        beginObject()
        members(&self)
        endObject()
    }

    mutating func array<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
        beginArray()
        for element in elements { write(&self, element) }
        endArray()
    }

    mutating func array(of texts: [String]) { array(texts) { $0.write(string: $1) } }

    mutating func array(of numbers: [Int]) { array(numbers) { $0.write(.number(JSONNumber($1))) } }

    mutating func optional<Value>(_ value: Value?, _ write: (inout JSONWriter, Value) -> Void) {
        if let value { write(&self, value) } else { self.write(.null) }
    }

    mutating func member(_ name: String, _ text: String?) {
        key(name)
        write(text.map { .string($0) } ?? .null)
    }

    mutating func member(_ name: String, _ number: Int) {
        key(name)
        write(.number(JSONNumber(number)))
    }
}
