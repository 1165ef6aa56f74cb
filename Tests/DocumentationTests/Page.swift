/// A page of the documentation.
struct Page: Sendable {
    let path: String
    let blocks: [FencedBlock]
    /// Lines that would be shown as code without being a block: indented by four blanks, or in a fence that is not closed.
    let strayCode: [Int]

    static let all: [Page] = {
        let paths = Repository.files(in: "docs", suffix: ".md") + ["README.md"]
        return paths.compactMap { path in (try? Repository.text(of: path)).map { Page(path: path, text: $0) } }
    }()

    init(path: String, text: String) {
        var blocks: [FencedBlock] = []
        var stray: [Int] = []
        var section = ""
        var open: (line: Int, info: String, lines: [Substring])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let block = open {
                if line == "```" {
                    let text = block.lines.joined(separator: "\n")
                    blocks.append(
                        FencedBlock(page: path, line: block.line, section: section, info: block.info, text: text)
                    )
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line.hasPrefix("```") {
                open = (index + 1, String(line.dropFirst(3)), [])
            } else if line.hasPrefix("#") {
                section = "\(path) \(index + 1)"
            } else if line.hasPrefix("    ") || line.contains("```") {
                stray.append(index + 1)
            }
        }
        if let open { stray.append(open.line) }
        (self.path, self.blocks, strayCode) = (path, blocks, stray)
    }

    /// The headings of a page as links name them: in lower case, blanks as hyphens, without punctuation.
    static func anchors(in text: String) -> Set<String> {
        let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(
            headings.map { heading in
                let words = heading.drop { $0 == "#" || $0 == " " }.lowercased()
                return words.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.replacing(" ", with: "-")
            }
        )
    }
}
