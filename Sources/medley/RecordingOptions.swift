import ArgumentParser
import Recording

/// What of an exchange goes into its fixture, for the commands that write fixtures.
struct RecordingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("A request header that tells requests apart. May be said several times.", valueName: "name")
    )
    var matchHeader: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A query parameter that does not tell requests apart: a time, a random number.",
            valueName: "name"
        )
    )
    var ignoreQuery: [String] = []

    @Option(name: .long, help: ArgumentHelp("A response header to leave out.", valueName: "name"))
    var dropHeader: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A response header to keep although it changes each time, as Date does.", valueName: "name")
    )
    var keepHeader: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A place in JSON bodies that is secret: payment.card, items[].token, **.email.",
            valueName: "path"
        )
    )
    var redact: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("A header, query parameter or member that looks secret and is not.", valueName: "name")
    )
    var noRedact: [String] = []

    @Flag(name: .long, help: "Keep the time that each answer took, as its delay.")
    var delays = false

    @Flag(name: .long, help: "Keep JSON that has white space between its tokens as text, byte for byte.")
    var exact = false

    @Option(
        name: .long,
        help: "Which of several answers to equal requests is kept: first, last, or all, the others as _NAME.2.json, …"
    )
    var keep = KeptAnswer.last

    func validate() throws {
        for path in redact { _ = try Self.path(path) }
        let secrets = SecretRules(exempt: noRedact)
        for name in matchHeader where secrets.isSecret(header: name) {
            throw ValidationError(
                "the values of \(name) are secret, and --match-header would write them to files: with a test account, "
                    + "say --no-redact \(name) as well"
            )
        }
    }

    /// Call it after `validate`.
    var rules: RecordingRules {
        var rules = RecordingRules()
        rules.matchedHeaders = Set(matchHeader.map { $0.lowercased() })
        rules.ignoredParameters = Set(ignoreQuery)
        rules.droppedHeaders = Set(dropHeader.map { $0.lowercased() })
        rules.keptHeaders = Set(keepHeader.map { $0.lowercased() })
        rules.secrets = SecretRules(exempt: noRedact)
        rules.redactedPaths = redact.compactMap { try? RedactionPath($0) }
        rules.keepsDelays = delays
        rules.isExact = exact
        return rules
    }

    private static func path(_ text: String) throws -> RedactionPath {
        do throws(RedactionPath.SyntaxError) {
            return try RedactionPath(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}

/// The choices of `--keep`.
enum KeptAnswer: String, CaseIterable, ExpressibleByArgument {
    case first, last, all

    var policy: FixtureStore.Keep {
        switch self {
        case .first: .first
        case .last: .last
        case .all: .all
        }
    }
}
