/// Why streams or entries of a request were not taken: sentences as Loki words them, equal ones counted.
///
/// - Bounds: ten different sentences, of 1 KiB each; the rest is counted only.
package struct LokiRejections: Sendable, Equatable {
    private static let sentencesMax = 10
    private static let sentenceBytesMax = 1024

    private var sentences: [(text: String, count: Int)] = []
    private var others = 0

    package init() {}

    package var isEmpty: Bool { sentences.isEmpty }

    package mutating func add(_ sentence: String) {
        let text =
            sentence.utf8.count <= Self.sentenceBytesMax
            ? sentence : String(decoding: sentence.utf8.prefix(Self.sentenceBytesMax), as: UTF8.self) + "..."
        if let place = sentences.firstIndex(where: { $0.text == text }) {
            sentences[place].count += 1
        } else if sentences.count < Self.sentencesMax {
            sentences.append((text, 1))
        } else {
            others += 1
        }
    }

    /// One sentence as it is; of more how often each.
    package var message: String {
        if sentences.count == 1, sentences[0].count == 1, others == 0 { return sentences[0].text }
        var parts = sentences.map { "\($0.count) errors like: \($0.text)" }
        if others > 0 { parts.append("\(others) more") }
        return parts.joined(separator: "; ")
    }

    package static func == (left: LokiRejections, right: LokiRejections) -> Bool {
        left.others == right.others && left.sentences.elementsEqual(right.sentences) { $0 == $1 }
    }
}
