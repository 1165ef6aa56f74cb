/// Names for generated code: ASCII letters and digits in camel case.
enum OpenAPINames {
    /// The words of a text, each with a capital: `all-or-nothing` gives `AllOrNothing`, `userId` gives `UserId`.
    static func capitalized(_ text: some StringProtocol) -> String {
        var name = ""
        var startsWord = true
        for byte in text.utf8 {
            guard Names.isDigit(byte) || isLetter(byte) else {
                startsWord = true
                continue
            }
            let isLower = byte & 0x20 != 0 && isLetter(byte)
            name.unicodeScalars.append(UnicodeScalar(startsWord && isLower ? byte & 0xDF : byte))
            startsWord = false
        }
        return name
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    /// `getHomeByUserId` for `GET /home/{userId}`: of the endpoint alone, so that other endpoints do not change it.
    static func operation(_ pattern: EndpointPattern) -> String {
        var name = pattern.method.lowercased()
        for segment in pattern.segments {
            switch segment {
            case .literal(let text): name += capitalized(text)
            case .parameter(let parameter), .rest(let parameter): name += "By" + capitalized(parameter)
            }
        }
        return pattern.segments.isEmpty ? name + "Root" : name
    }

    /// What the types of an endpoint begin with: the name of its file, `Home` for `compositions/home.json` and
    /// `CookbookGraphql` for `compositions/cookbook/graphql.json`. The operator's choice, and each is there once.
    static func endpoint(_ path: String, in directory: String) -> String {
        var rest = path[...]
        if rest.hasPrefix(directory) { rest = rest.dropFirst(directory.count) }
        if rest.hasSuffix(".json") { rest = rest.dropLast(5) }
        let name = capitalized(rest)
        return name.utf8.first.map(Names.isDigit) ?? true ? "Endpoint" + name : name
    }
}

/// Names that are told apart by all tools, those too that take no account of case.
struct UniqueNames {
    private var taken: Set<String> = []

    /// The name, or with the first free number behind it, from 2.
    mutating func take(_ wanted: String) -> String {
        var name = wanted
        var number = 2
        while !taken.insert(name.lowercased()).inserted {
            name = "\(wanted)\(number)"
            number += 1
        }
        return name
    }
}
