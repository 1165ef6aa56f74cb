import Diagnostics
import JSONSlices
import Testing

@testable import Composition

@Suite("Random templates")
struct TemplatePropertyTests {
    @Test("whatever the template and the values are, the reply is JSON", arguments: 0..<4)
    func validJSON(seed: Int) throws {
        var random = RandomTemplates(seed: UInt64(seed))
        var replies = 0
        for _ in 0..<400 {
            let (template, v, w) = (random.template(depth: 3), random.value(depth: 3), random.value(depth: 2))
            guard let reply = try render(template, v: v, w: w) else { continue }
            replies += 1
            #expect(throws: Never.self, "\(template) with \(v) and \(w)") { try JSONDocument(parsing: reply) }
        }
        #expect(replies > 100)
    }

    @Test(
        "a reply is what the rules say, worked out a second time in Python",
        .enabled(if: TemplateOracle.python != nil, "there is no python3 on the PATH")
    )
    func oracle() throws {
        var random = RandomTemplates(seed: 1_000)
        var cases: [TemplateOracle.Case] = []
        for _ in 0..<2_000 {
            let (template, v, w) = (random.template(depth: 3), random.value(depth: 3), random.value(depth: 2))
            cases.append(.init(template: template, v: v, w: w, reply: try render(template, v: v, w: w)))
        }
        let objections = try TemplateOracle.objections(to: cases)
        #expect(objections == [], "\(objections.first.map { ($0, cases[Int($0.prefix { $0 != ":" }) ?? 0]) } as Any)")
        // Both sides of the question were asked.
        let failures = cases.count { $0.reply == nil }
        #expect(failures > 50 && failures < 1_000)
    }

    /// The reply's body; nil when an expression or a spread cannot be used.
    private func render(_ template: String, v: String, w: String) throws -> String? {
        let text = """
            {"endpoint": "POST /a", "calls": {
               "v": {"backend": "b", "method": "POST", "path": "/"}, "w": {"backend": "b", "method": "POST", "path": "/"}},
             "response": {"body": \(template)}}
            """
        let (plan, errors) = compile(text, backends: nil)
        let compiled = try #require(plan, "\(errors) for \(template)")
        let values = try [v, w].map { JSONValue.slice(try JSONDocument(parsing: $0).root) }
        let slots = try compiled.slotSources.map { source in
            try values[#require(source.call)]
        }
        do throws(RenderFailure) {
            var writer = JSONWriter()
            try compiled.response.body.write(to: &writer, in: RenderScope(slots: slots))
            return String(decoding: writer.finish(), as: UTF8.self)
        } catch {
            #expect(error.reason == .expressionError && error.member?.hasPrefix("response.body") == true)
            #expect(error.detail.hasPrefix("c.json:"))
            return nil
        }
    }
}
