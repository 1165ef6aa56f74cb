extension DiagnosticList {
    /// The findings as GitHub's workflow commands, a line each, which a pull request shows beside the text they are
    /// about (docs.github.com, "Workflow commands for GitHub Actions").
    public func githubReport() -> String {
        sorted().map { $0.workflowCommand + "\n" }.joined()
    }
}

extension Diagnostic {
    /// `::error file=compositions/home.json,line=12,col=7,endLine=12,endColumn=12,title=medley::message`
    var workflowCommand: String {
        var properties: [(String, String)] = []
        var text = message
        if let place, let (start, end) = place.span {
            properties = [
                ("file", place.file.path), ("line", "\(start.line)"), ("col", "\(start.column)"),
                ("endLine", "\(end.line)"),
            ]
            // GitHub shows columns only where the text ends on the line it begins.
            if end.line == start.line { properties.append(("endColumn", "\(end.column)")) }
        } else if let place {
            text = "\(place.file.path): \(message)"
        }
        properties.append(("title", "medley"))
        let list = properties.map { "\($0)=\(Self.escaped($1, isProperty: true))" }.joined(separator: ",")
        if let help { text += "\nhelp: \(help)" }
        for use in place?.uses ?? [] { text += "\nused by \(use)" }
        return "::\(severity.rawValue) \(list)::\(Self.escaped(text, isProperty: false))"
    }

    /// As actions/toolkit escapes the data and the properties of a command.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "\r": escaped += "%0D"
            case "\n": escaped += "%0A"
            case ":" where isProperty: escaped += "%3A"
            case "," where isProperty: escaped += "%2C"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
