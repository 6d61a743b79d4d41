/// Reports on disk: the suffix of a path says in which form.
package enum ReportFile {
    /// Suffixes with what they stand for, in the order in which a message names them.
    private static let forms: [(suffix: String, renderer: any ReportRenderer)] = [
        (".md", MarkdownReport()), (".html", HTMLReport()), (".json", JSONReport()), (".xml", JUnitReport()),
        (".tap", TAPReport()),
    ]

    /// The form of a path, for callers that want to know before the work begins.
    ///
    /// - Throws: `.unsupported`, which is wrong usage, when the suffix is none of ours; the message names them.
    package static func renderer(path: String) throws(VerificationError) -> any ReportRenderer {
        let name = path.lowercased()
        guard let form = forms.first(where: { name.hasSuffix($0.suffix) }) else {
            throw VerificationError(
                .unsupported,
                "the suffix of \(ReportText.line(path)) says no form of report; there are "
                    + forms.map(\.suffix).joined(separator: ", "))
        }
        return form.renderer
    }

    package static func render(_ report: VerificationReport, path: String) throws(VerificationError) -> String {
        try renderer(path: path).render(report)
    }
}
