import TelemetryModel
import Verification

/// What a verb is asked to look for.
enum ExpectationFiles {
    /// Reads all documents.
    ///
    /// - Throws: wrong usage, with every problem of every document.
    static func read(_ files: [String], service: String?) throws(CommandFailure) -> [ExpectationDocument] {
        var documents: [ExpectationDocument] = []
        var problems: [VerificationError] = []
        for file in files {
            do throws(VerificationError) {
                let text = try ExpectationDocument.text(of: file)
                let result = ExpectationDocument.parse(text, file: file, service: service)
                if let document = result.document { documents.append(document) }
                problems += result.problems
            } catch {
                problems.append(error)
            }
        }
        guard !problems.isEmpty else { return documents }
        let lines = problems.map { TerminalText.escaped($0.description) }
        throw CommandFailure(.usage, lines.joined(separator: "\nmartlet: "))
    }

    /// What is wrong with the names of built-in suites; nil when all are known.
    static func problem(ofSuites names: [String]) -> String? {
        guard let unknown = names.first(where: { BuiltInSuites.named($0) == nil }) else { return nil }
        let known = BuiltInSuites.all.map { $0.name }.joined(separator: ", ")
        return "there is no suite \(TerminalText.escaped(unknown)), there are \(known)"
    }
}
