import ArgumentParser
import Gateway

@main
struct Medley: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "medley",
        abstract: "Answers one request from a mobile app by calling several backends at once.",
        discussion: """
            An endpoint is a JSON file in compositions/. Try it without any backend: in a directory with compositions/ \
            and fixtures/, 'medley serve' serves the endpoints on recorded answers.

            Exit codes: 0 fine, 1 the files have errors, a case failed or the gateway could not start, 64 wrong usage.
            """,
        version: Version.text,
        subcommands: [
            Init.self, Serve.self, Check.self, Test.self, Explain.self, Eval.self, Record.self, Import.self,
            FixturesCommand.self, WriteOpenAPI.self, AddBackend.self, Purge.self,
        ]
    )
}
