import Diagnostics
import JMESPath
import JSONSlices

extension EndpointCheck {
    /// Values written into the text of a GraphQL query, where a quote or a brace in them changes what is asked.
    func textInGraphQL() -> [Diagnostic] {
        plan.calls.flatMap { call -> [Diagnostic] in
            var texts = call.body?.graphQLTexts ?? []
            if case .fields(let fields) = call.query { texts += fields.filter { $0.name == "query" }.map(\.value) }
            if case .text(let text, _)? = call.body, call.sendsGraphQL { texts.append(text) }
            return texts.flatMap(\.valuesInGraphQL).map { expression in
                let name = expression.suggestedVariable
                return warning(
                    "'\(expression.expression.source)' is written into the text of a GraphQL query",
                    at: expression.wholePlace,
                    help: "declare a variable, query($\(name): …), and pass the value beside the query: "
                        + "\"variables\": { \"\(name)\": \"{\(expression.expression.source)}\" }"
                )
            }
        }
    }
}

extension Call {
    fileprivate var sendsGraphQL: Bool {
        headers.contains { header in
            header.name.lowercased() == "content-type"
                && header.value.constant?.lowercased().hasPrefix("application/graphql") == true
        }
    }
}

extension JSONTemplate {
    /// The members `query` of the body, or of each body in a list of them.
    fileprivate var graphQLTexts: [TextTemplate] {
        if case .array(let elements) = self { return elements.flatMap(\.graphQLTexts) }
        return (objectParts ?? []).compactMap { part in
            guard case .member(let member) = part, member.key == "query", case .text(let text, _) = member.value else {
                return nil
            }
            return text
        }
    }
}

extension TextTemplate {
    /// The expressions whose values become part of the text, when the text is one of GraphQL.
    fileprivate var valuesInGraphQL: [PlacedExpression] {
        if let single { return single.makesGraphQL ? [single] : [] }
        var written = ""
        var values: [PlacedExpression] = []
        for part in parts {
            switch part {
            case .text(let text): written += text
            case .expression(let expression):
                if let text = expression.constantText { written += text } else { values.append(expression) }
            }
        }
        return GraphQLText.isLikely(written) ? values : []
    }
}

extension PlacedExpression {
    /// The text of an expression that reads nothing, as `'{'`.
    fileprivate var constantText: String? {
        guard expression.slots.isEmpty else { return nil }
        var budget = EvaluationBudget()
        return (try? expression.evaluate(root: .null, budget: &budget))?.string
    }

    /// Whether the expression itself joins what it reads to a GraphQL text: found out by giving it a text to read.
    fileprivate var makesGraphQL: Bool {
        guard let last = expression.slots.last else { return false }
        let slots = [JSONValue](repeating: .string(GraphQLText.mark), count: last + 1)
        var budget = EvaluationBudget()
        guard let text = (try? expression.evaluate(root: .null, slots: slots, budget: &budget))?.string else {
            return false
        }
        return text.contains(GraphQLText.mark) && text != GraphQLText.mark && GraphQLText.isLikely(text)
    }

    /// A name for the variable that is to take the expression's place: its last word.
    fileprivate var suggestedVariable: String {
        let words = expression.source.utf8.split { !Names.isLetter($0) && !Names.isDigit($0) }
        let name = words.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Names.isName(name) ? name : "value"
    }
}

private enum GraphQLText {
    /// Stands for a value while an expression is tried out.
    static let mark = "\u{E000}"

    /// Whether a text holds a selection set: a brace and then a name, a variable or a spread. A brace and a quote are
    /// JSON, which other search languages are written in.
    static func isLikely(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.contains { index in
            guard bytes[index] == UInt8(ascii: "{") else { return false }
            let next = bytes[(index + 1)...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            return next.map { Names.isLetter($0) || $0 == UInt8(ascii: ".") || $0 >= 0x80 } ?? true
        }
    }
}
