import Foundation

/// The rules of templates once more, in Python over its own JSON.
enum TemplateOracle {
    static let python: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { URL(filePath: String($0)).appending(path: "python3") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    }()

    /// A template, the values of `v` and `w`, and what came of them: a reply, or nil for a failure.
    struct Case {
        var template: String
        var v: String
        var w: String
        var reply: String?
    }

    struct NoAnswer: Error {}

    /// What Python has to object to, a line each.
    static func objections(to cases: [Case]) throws -> [String] {
        func line(_ texts: [String]) -> String { texts.map { $0.utf8.map(hex).joined() }.joined(separator: " ") + "\n" }
        let folder = FileManager.default.temporaryDirectory.appending(path: "template-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (questions, answers) = (folder.appending(path: "questions"), folder.appending(path: "answers"))
        try cases.map { line([$0.template, $0.v, $0.w, $0.reply ?? "!"]) }.joined()
            .write(to: questions, atomically: false, encoding: .utf8)
        let process = Process()
        process.executableURL = python
        process.arguments = ["-B", "-c", script] + [questions, answers].map { $0.path(percentEncoded: false) }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NoAnswer() }
        return try String(contentsOf: answers, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    /// Objects are lists of pairs, so that order and repeated names count; numbers keep their text.
    private static let script = #"""
        import json, re, sys

        class Number(str): pass
        class Object(list): pass
        class Failure(Exception): pass

        def refuse(text): raise ValueError(text)

        def load(text):
            return json.loads(text, object_pairs_hook=Object, parse_int=Number, parse_float=Number, parse_constant=refuse)

        def look_up(expression, data):
            expression = expression.strip()
            if expression.startswith("'"): return expression[1:-1]
            value = Object(data.items())
            for name in re.findall(r'"[^"]*"|[^.]+', expression):
                members = dict(value) if isinstance(value, Object) else {}
                value = members.get(name.strip('"'))
            return value

        def scalar(value):
            if value is True: return "true"
            if value is False: return "false"
            if isinstance(value, list): raise Failure
            return str(value)

        PIECE = re.compile(r"\{('\{'|[^{}]*)\}")

        def string(text, data):
            whole = PIECE.fullmatch(text)
            if whole: return look_up(whole.group(1), data)
            result = ""
            for number, piece in enumerate(PIECE.split(text)):
                if number % 2 == 0:
                    result += piece
                    continue
                value = look_up(piece, data)
                # The first null ends it: what follows is not looked at.
                if value is None: return None
                result += scalar(value)
            return result

        def collect(template, data, members):
            for key, value in template:
                if key.startswith("..."):
                    if isinstance(value, Object):
                        collect(value, data, members)
                        continue
                    value = None if value is None else string(value, data)
                    if value is None: continue
                    if not isinstance(value, Object): raise Failure
                    for name, member in value: members[name] = lambda member=member: member
                    continue
                if not key.endswith("?"):
                    members[key] = lambda value=value: render(value, data)
                elif isinstance(value, str) and not isinstance(value, Number):
                    rendered = string(value, data)
                    if rendered is not None: members[key[:-1]] = lambda rendered=rendered: rendered
                elif value is not None:
                    members[key[:-1]] = lambda value=value: render(value, data)

        def render(template, data):
            if isinstance(template, Object):
                members = {}
                collect(template, data, members)
                return Object((name, value()) for name, value in members.items())
            if isinstance(template, list): return [render(element, data) for element in template]
            if isinstance(template, str) and not isinstance(template, Number): return string(template, data)
            return template

        with open(sys.argv[1]) as questions, open(sys.argv[2], "w") as answers:
            for number, line in enumerate(questions):
                template, v, w, reply = (bytes.fromhex(text).decode() for text in line.rstrip("\n").split(" "))
                try:
                    expected = repr(render(load(template), {"v": load(v), "w": load(w)}))
                except Failure:
                    expected = "failure"
                try:
                    found = "failure" if reply == "!" else repr(load(reply))
                except ValueError as error:
                    found = f"no JSON: {error}"
                if found != expected: answers.write(f"{number}: {found} is not {expected}\n")
        """#
}
