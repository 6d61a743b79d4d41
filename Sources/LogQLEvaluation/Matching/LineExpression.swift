import CRE2
import PrometheusModel
import TelemetryModel

/// A regular expression over bytes: line filters, label filters, `regexp`, ANSI sequences.
///
/// A dot does not match a line feed, which is Go's default and so Loki's. Bytes that are no UTF-8 match nothing.
// Sendable: an RE2 object is immutable for its callers and safe to use from several threads.
final class LineExpression: @unchecked Sendable {
    let source: String
    private let expression: OpaquePointer
    /// Capturing groups, the match itself not counted.
    let groupCount: Int

    /// - Throws: `error parsing regexp: …`
    init(_ source: String) throws(LogQLEvaluationError) {
        self.source = source
        let length = source.utf8.count
        guard length <= Pattern.sourceBytesMax else {
            throw LogQLEvaluationError(
                .invalid, "regular expression has \(length) bytes, limit is \(Pattern.sourceBytesMax)")
        }
        var error = [CChar](repeating: 0, count: 512)
        var text = source
        let made = text.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                martlet_re2_new($0.baseAddress, length, false, Pattern.memoryMax, &error, error.count)
            }
        }
        guard let made else {
            let reason = String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw LogQLEvaluationError(.invalid, "error parsing regexp: \(reason)")
        }
        expression = made
        groupCount = Int(martlet_re2_groups(made))
    }

    deinit { martlet_re2_free(expression) }

    /// Whether a part of the text matches.
    func isFound(in text: ByteSlice) -> Bool { find(text, from: 0, anchored: false, nil, 0) }

    /// Whether all of it does.
    func matchesAll(_ text: ByteSlice) -> Bool { find(text, from: 0, anchored: true, nil, 0) }

    /// The first match at or after a place.
    ///
    /// - Parameter spans: gets begin and end of the match and of each group, -1 for one that took no part; as many as
    ///   there is room for.
    func find(in text: ByteSlice, from start: Int = 0, spans: inout [Int64]) -> Bool {
        spans.withUnsafeMutableBufferPointer {
            find(text, from: start, anchored: false, $0.baseAddress, $0.count / 2)
        }
    }

    @inline(__always)
    private func find(
        _ text: ByteSlice, from start: Int, anchored: Bool, _ spans: UnsafeMutablePointer<Int64>?, _ count: Int
    ) -> Bool {
        // RE2 takes a null pointer for no text at all, on which `^$` would not match.
        guard let base = text.baseAddress else {
            return withUnsafePointer(to: 0) { (empty: UnsafePointer<CChar>) in
                martlet_re2_find(expression, empty, 0, 0, anchored, spans, count)
            }
        }
        return base.withMemoryRebound(to: CChar.self, capacity: text.count) {
            martlet_re2_find(expression, $0, text.count, start, anchored, spans, count)
        }
    }

    /// Names of the groups by their number, from 1.
    var groupNames: [(index: Int, name: String)] {
        guard groupCount > 0 else { return [] }
        var buffer = [CChar](repeating: 0, count: 256)
        return (1...groupCount).compactMap { index in
            guard martlet_re2_group_name(expression, Int32(truncatingIfNeeded: index), &buffer, buffer.count) else {
                return nil
            }
            let name = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return (index, String(decoding: name, as: UTF8.self))
        }
    }
}
