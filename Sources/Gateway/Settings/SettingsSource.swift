import Diagnostics
import JSONSlices

/// Where the value of a setting comes from: an environment variable where one is set, else the settings file.
///
/// The variable of a setting is its path in capitals, words parted by underscores: `limits.requestBody` is
/// `MEDLEY_LIMITS_REQUEST_BODY`, `backends.users.url` is `MEDLEY_BACKENDS_USERS_URL`. `${NAME}` in a string of the file
/// stands for the environment variable NAME.
final class SettingsSource {
    let diagnostics: DiagnosticList
    private let environment: [String: String]
    /// The variables that some setting has asked for.
    private var known: Set<String> = []

    init(environment: [String: String], diagnostics: DiagnosticList) {
        self.environment = environment
        self.diagnostics = diagnostics
    }

    /// Takes note of settings that may come from the environment, whether or not they will be asked for.
    func know(_ keys: [String], of path: [String]) {
        for key in keys { known.insert(Self.variable(for: path + [key])) }
    }

    /// A reader that holds the setting: the environment's, or `reader` itself.
    func reader(for key: String, of path: [String], in reader: ObjectReader?) -> ObjectReader? {
        let variable = Self.variable(for: path + [key])
        known.insert(variable)
        guard let text = environment[variable] else { return reader }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(key)
        if let number = JSONNumber(text: text) {
            writer.write(.number(number))
        } else if text == "true" || text == "false" {
            writer.write(.bool(text == "true"))
        } else {
            writer.write(string: text)
        }
        writer.endObject()
        let file = SourceFile(
            path: "environment variable \(variable)",
            bytes: writer.finish(),
            isQuotable: false,
            hasLines: false
        )
        guard let document = diagnostics.parse(file) else { return reader }
        return ObjectReader(document.root, in: file, role: "the environment", known: [key], diagnostics: diagnostics)
    }

    /// A string with each `${NAME}` replaced. One that is not set is an error: nothing starts with half a secret.
    func string(_ key: String, of path: [String], in reader: ObjectReader?) -> String? {
        guard let holder = self.reader(for: key, of: path, in: reader), let slice = holder[key] else { return nil }
        let isVariable = environment[Self.variable(for: path + [key])] != nil
        // A variable has no types: one that looks like a number is a string where a string is wanted.
        guard let text = isVariable ? slice.string ?? slice.numberText : holder.string(key) else { return nil }
        return expanded(text, slice, holder.file)
    }

    func expanded(_ text: String, _ slice: JSONSlice, _ file: SourceFile) -> String? {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
                diagnostics.error("'${' is not closed", in: file, at: slice, help: "close it with '}'")
                return nil
            }
            let name = String(rest[open.upperBound..<close])
            guard let value = environment[name] else {
                diagnostics.error(
                    "the environment variable '\(name)' is not set",
                    in: file,
                    at: slice,
                    help: "set it before the start: export \(name)=…"
                )
                return nil
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// Reports variables that look like settings and are none.
    func reportUnknownVariables() {
        for variable in environment.keys.sorted() where variable.hasPrefix("MEDLEY_") && !known.contains(variable) {
            // Tests of the project and scripts around it have variables of their own.
            guard !variable.hasPrefix("MEDLEY_TEST_"), variable != "MEDLEY_CONFORMANCE" else { continue }
            diagnostics.add(
                Diagnostic(
                    .warning,
                    "the environment variable '\(variable)' is no setting",
                    at: nil,
                    help: nearestName(to: variable, in: known).map { "did you mean \($0)?" }
                )
            )
        }
    }

    /// `requestBody` becomes `REQUEST_BODY`; what is no letter or digit becomes an underscore.
    static func variable(for path: [String]) -> String {
        var name = "MEDLEY"
        for part in path {
            name += "_"
            var lastWasLower = false
            for scalar in part.unicodeScalars {
                let isUpper = ("A"..."Z").contains(scalar)
                let isLower = ("a"..."z").contains(scalar)
                if isUpper, lastWasLower { name += "_" }
                name += isUpper || isLower || ("0"..."9").contains(scalar) ? String(scalar).uppercased() : "_"
                lastWasLower = isLower
            }
        }
        return name
    }
}
