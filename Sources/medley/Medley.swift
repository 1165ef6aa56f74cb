import ArgumentParser

@main
struct Medley: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "medley",
        abstract: "Answers one request from a mobile app by calling several backends at once.",
        discussion: """
            An endpoint is a JSON file in compositions/. Try it without any backend: in a directory with compositions/ \
            and fixtures/, 'medley serve' serves the endpoints on recorded answers.

            Exit codes: 0 fine, 1 the files have errors or the gateway could not start, 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Check.self, Explain.self, Eval.self, WriteOpenAPI.self, AddBackend.self, Purge.self,
        ]
    )
}
