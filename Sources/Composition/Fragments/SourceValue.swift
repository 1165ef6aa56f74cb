import Diagnostics
import JSONSlices

/// A JSON value of a file, and the references that lead there.
struct SourceValue {
    let file: SourceFile
    let slice: JSONSlice
    /// Nil in the file that is being compiled.
    let use: ReferenceUse?

    /// Another value of the same file.
    func with(_ slice: JSONSlice) -> SourceValue { SourceValue(file: file, slice: slice, use: use) }

    /// Where the value stands.
    var place: Diagnostic.Place { Diagnostic.Place(file: file, range: slice.byteRange, use: use?.source) }
}
