import Diagnostics
import JSONSlices
import Testing

@testable import Composition

/// Reads a schema as it stands in `requestBody`; what is wrong with it comes back as `column: message`.
func schema(_ text: String, at place: ValueSchemaReader.Place = .body) -> (schema: ValueSchema?, errors: [String]) {
    let diagnostics = DiagnosticList()
    let file = SourceFile(path: "s.json", bytes: Array(text.utf8))
    let reader = diagnostics.parse(file).flatMap {
        ObjectReader(
            $0.root,
            in: file,
            role: "'requestBody'",
            known: ValueSchemaReader.bodyKeys,
            diagnostics: diagnostics
        )
    }
    let schema = reader.flatMap {
        ValueSchemaReader(place: place, file: file, diagnostics: diagnostics).read($0, path: "")
    }
    let errors = diagnostics.sorted().map { "\(($0.place?.range.lowerBound ?? 0) + 1): \($0.message)" }
    return (schema, errors)
}

/// What does not fit, each as `pointer: message`.
func mismatches(_ value: String, _ schemaText: String) throws -> [String] {
    let read = schema(schemaText)
    try #require(read.errors == [])
    var check = SchemaCheck()
    check.check(.slice(try JSONDocument(parsing: value).root), against: try #require(read.schema))
    return check.mismatches.map { "\($0.pointer): \($0.message)" }
}

@Suite("Schemas of requests")
struct ValueSchemaTests {
    @Test(
        "values that fit",
        arguments: [
            ("1", "{}"), ("null", "{}"), ("[{}]", #"{"description": "anything"}"#),
            ("null", #"{"type": ["object", "null"]}"#), ("{}", #"{"type": ["object", "null"]}"#),
            ("12345678901234567890", #"{"type": "integer", "minimum": 12345678901234567890}"#),
            ("-0", #"{"type": "integer", "minimum": 0}"#),
            ("1.0", #"{"type": "number", "maximum": 1, "minimum": 1.00}"#),
            ("0.30000000000000001", #"{"type": "number", "exclusiveMinimum": 0.3}"#),
            ("1e400", #"{"type": "number", "exclusiveMinimum": 1e399}"#), ("1E400", #"{"type": "number"}"#),
            (#""é""#, #"{"type": "string", "minLength": 1, "maxLength": 1}"#),
            (#""\ud83d\ude00""#, #"{"type": "string", "maxLength": 1}"#),
            (#""e\u0301""#, #"{"type": "string", "minLength": 2}"#),
            (#""a\u0062c""#, #"{"type": "string", "pattern": "^abc$"}"#),
            (#""xby""#, #"{"type": "string", "pattern": "b"}"#),
            ("1.50", #"{"enum": [1.5, "a", null]}"#), ("null", #"{"enum": [1.5, "a", null]}"#),
            ("true", #"{"type": "boolean"}"#), ("[]", #"{"type": "array", "items": {"type": "string"}}"#),
            (#"["a"]"#, #"{"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1}"#),
            (#"{"b": 1}"#, #"{"type": "object", "properties": {"a": {"type": "string"}}}"#),
            (
                #"{"a": "x", "b": 1}"#,
                #"{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}"#
            ),
            (
                #"{"\u0061": "x"}"#,
                #"{"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false}"#
            ),
            (#"{"a": 1, "b": 2}"#, #"{"type": "object", "additionalProperties": {"type": "integer"}}"#),
        ]
    )
    func accepted(value: String, schema: String) throws {
        #expect(try mismatches(value, schema) == [])
    }

    @Test(
        "values that do not fit, with the place and the reason",
        arguments: [
            ("1", #"{"type": "string"}"#, [": must be a string"]),
            ("null", #"{"type": "object"}"#, [": must be an object"]),
            ("1", #"{"type": ["object", "null"]}"#, [": must be an object or null"]),
            ("1.0", #"{"type": "integer"}"#, [": must be a whole number"]),
            ("1e2", #"{"type": "integer"}"#, [": must be a whole number"]),
            ("12345678901234567890123456789012345678901", #"{"type": "integer"}"#, [": must have at most 40 digits"]),
            (
                "9007199254740992", #"{"type": "integer", "minimum": 9007199254740993}"#,
                [": must be at least 9007199254740993"]
            ),
            ("1", #"{"type": "number", "exclusiveMinimum": 1}"#, [": must be more than 1"]),
            ("1.0", #"{"type": "number", "exclusiveMaximum": 1}"#, [": must be less than 1"]),
            ("2", #"{"type": "number", "maximum": 1}"#, [": must be at most 1"]),
            ("1e99999999", #"{"type": "number", "minimum": 0}"#, [": must be at least 0"]),
            ("1e99999999", #"{"type": "number", "exclusiveMinimum": 0}"#, [": must be more than 0"]),
            (#""""#, #"{"type": "string", "minLength": 1}"#, [": must be at least 1 character long"]),
            (#""abc""#, #"{"type": "string", "maxLength": 2}"#, [": must be at most 2 characters long"]),
            (#""ab\n""#, #"{"type": "string", "pattern": "^ab$"}"#, [": must match ^ab$"]),
            (#""b""#, #"{"enum": ["a", 1, true, null]}"#, [": must be one of a, 1, true, null"]),
            ("[]", #"{"type": "array", "minItems": 1}"#, [": must have at least 1 item"]),
            ("[1,2,3]", #"{"type": "array", "maxItems": 2}"#, [": must have at most 2 items"]),
            (
                #"[1,"a",{"x":2}]"#, #"{"type": "array", "items": {"type": "integer"}}"#,
                ["/1: must be a whole number", "/2: must be a whole number"]
            ),
            (#"{"a/b~c": 1}"#, #"{"type": "object", "additionalProperties": false}"#, ["/a~1b~0c: is not known here"]),
            (#"{"": 1}"#, #"{"type": "object", "properties": {"": {"type": "string"}}}"#, ["/: must be a string"]),
            (#"{}"#, #"{"type": "object", "required": ["a", "b"]}"#, ["/a: is missing", "/b: is missing"]),
            (
                #"{"lines": [{"qty": 0, "sku": 5}], "x": 1}"#,
                #"{"type": "object", "properties": {"lines": {"type": "array", "items": {"type": "object", "required": ["sku", "qty"], "properties": {"sku": {"type": "string"}, "qty": {"type": "integer", "minimum": 1}}}}}, "additionalProperties": {"type": "string"}}"#,
                ["/lines/0/qty: must be at least 1", "/lines/0/sku: must be a string", "/x: must be a string"]
            ),
        ]
    )
    func refused(value: String, schema: String, expected: [String]) throws {
        #expect(try mismatches(value, schema) == expected)
    }

    @Test("a member that stands twice is checked twice, since its next reader may take either")
    func duplicates() throws {
        let schema = #"{"type": "object", "properties": {"a": {"type": "integer"}}}"#
        #expect(try mismatches(#"{"a": "x", "a": 1}"#, schema) == ["/a: must be a whole number"])
        #expect(try mismatches(#"{"a": 1, "\u0061": "x"}"#, schema) == ["/a: must be a whole number"])
    }

    @Test("ten mistakes are told, not more")
    func tenAtMost() throws {
        let value = "[" + Array(repeating: "0", count: 1000).joined(separator: ",") + "]"
        let found = try mismatches(value, #"{"type": "array", "items": {"type": "string"}}"#)
        #expect(found.count == 10)
        #expect(found.last == "/9: must be a string")
    }

    @Test("a client's own long name is not echoed whole")
    func longName() throws {
        let name = String(repeating: "n", count: 5000)
        let found = try mismatches(#"{"\#(name)": 1}"#, #"{"type": "object", "additionalProperties": false}"#)
        #expect(found == ["/\(name.prefix(200))…: is not known here"])
    }

    @Test("what patterns may cost is bounded for the whole body")
    func patternBudget() throws {
        let schema = #"{"type": "array", "items": {"type": "string", "pattern": "^(a?){900}$"}}"#
        let text = "\"" + String(repeating: "a", count: 900) + "\""
        #expect(try mismatches("[\(text)]", schema) == [])
        let many = try mismatches("[" + Array(repeating: text, count: 40).joined(separator: ",") + "]", schema)
        #expect(many.first?.hasSuffix(": is more text than can be matched with a pattern") == true)
        let long = "\"" + String(repeating: "a", count: 100_000) + "\""
        #expect(try mismatches("[\(long)]", schema) == ["/0: is more text than can be matched with a pattern"])
        #expect(try mismatches(long, #"{"type": "string", "pattern": "^[a-z]+$"}"#) == [])
    }

    @Test("deeply nested bodies meet the schema no deeper than it goes")
    func depth() throws {
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(try mismatches(deep, #"{"type": "array", "items": {"type": "array"}}"#) == [])
    }

    @Test(
        "each mistake in a schema is found, at its place",
        arguments: [
            (
                #"{"type": "text"}"#,
                "10: 'type' in 'requestBody' must be one of string, integer, number, boolean, array, object, null, or a list of some of these, not \"text\""
            ),
            (#"{"type": []}"#, "10: 'type' in 'requestBody' must be one of"),
            (#"{"typ": "string"}"#, "2: unknown key 'typ' in 'requestBody'"),
            (#"{"minimum": 1}"#, "13: 'minimum' needs a \"type\" that it is about"),
            (#"{"properties": {}}"#, "16: 'properties' needs a \"type\" that it is about"),
            (#"{"type": "string", "minimum": 1}"#, "31: 'minimum' says nothing about the type string"),
            (#"{"type": "integer", "minimum": "1"}"#, "32: 'minimum' in 'requestBody' must be a number, not \"1\""),
            (#"{"type": "integer", "minimum": 2, "maximum": 1}"#, "46: the maximum is less than the minimum"),
            (
                #"{"type": "integer", "exclusiveMinimum": 1, "maximum": 1}"#,
                "55: no number is between 'exclusiveMinimum' and 'maximum'"
            ),
            (#"{"type": "string", "minLength": 2, "maxLength": 1}"#, "49: 'maxLength' is less than 'minLength'"),
            (#"{"type": "string", "maxLength": -1}"#, "33: 'maxLength' in 'requestBody' must be a whole number"),
            (#"{"type": "string", "pattern": "a("}"#, "33: pattern: the group is never closed"),
            (#"{"type": "array", "minItems": 2, "maxItems": 1}"#, "46: 'maxItems' is less than 'minItems'"),
            (#"{"type": "array", "items": []}"#, "28: the items of 'requestBody' must be an object, not a list"),
            (#"{"type": "array", "items": {"typ": 1}}"#, "29: unknown key 'typ' in the items of 'requestBody'"),
            (#"{"type": "object", "enum": [{}]}"#, "28: 'enum' says nothing about the type object"),
            (#"{"enum": [[]]}"#, "11: 'enum' in 'requestBody' must be a list of scalar values"),
            (#"{"type": "integer", "enum": [1, "a"]}"#, "33: 'enum' in 'requestBody' must be a list of integer values"),
            (
                #"{"type": "object", "required": "a"}"#,
                "32: 'required' in 'requestBody' must be a list of names of properties"
            ),
            (
                #"{"type": "object", "required": ["nmae"], "properties": {"name": {}}, "additionalProperties": false}"#,
                "33: 'nmae' is required, but 'additionalProperties' refuses it"
            ),
            (
                #"{"type": "object", "additionalProperties": 1}"#,
                "44: 'additionalProperties' in 'requestBody' must be true, false or a schema"
            ),
            (
                #"{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"minimun": 1}}}}}"#,
                "80: unknown key 'minimun' in the property 'a.b'"
            ),
        ]
    )
    func mistakes(text: String, expected: String) {
        let errors = schema(text).errors
        #expect(errors.count == 1 && errors.first?.hasPrefix(expected) == true, "found \(errors)")
    }
}
