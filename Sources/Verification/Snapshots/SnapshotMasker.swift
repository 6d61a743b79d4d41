import PrometheusModel
import Recordings
import TelemetryModel

/// Values as a snapshot writes them: on one line, by their type, without what differs from run to run.
struct SnapshotMasker {
    /// Bytes of one value; of a longer one the rest is a hash, so that a difference in it is still one.
    private static let valueBytesMax = 4096
    /// Levels of arrays and maps inside each other.
    private static let depthMax = 32

    let options: SnapshotOptions
    private let volatile = VolatileText()

    init(_ options: SnapshotOptions) { self.options = options }

    /// A name or message. `key` is what `--mask` calls it: `span.name`.
    func text(_ text: String, key: String) -> String {
        if isKept(key) { return text }
        return volatile.masked(masked(text, key: key))
    }

    /// Applies the masks of the options, not the defaults.
    func masked(_ text: String, key: String) -> String {
        var text = text
        for mask in options.masks where mask.applies(to: key) {
            guard let pattern = mask.pattern else { return SnapshotMask.text }
            text = pattern.replaceAll(in: text, with: SnapshotMask.text)
        }
        return text
    }

    /// `key: value`, ordered by key.
    func attributes(_ attributes: RecordedAttributes) -> [String] {
        attributes.canonical.entries.map { "\(line($0.key)): \(value($0.value, key: $0.key))" }
    }

    /// The value of an attribute or a body.
    func value(_ value: RecordedValue, key: String) -> String { self.value(value, key: key, depth: 0) }

    private func value(_ value: RecordedValue, key: String, depth: Int) -> String {
        let isKept = isKept(key)
        if !isKept {
            let masks = options.masks.filter { $0.applies(to: key) }
            if masks.contains(where: { $0.pattern == nil }) { return SnapshotMask.text }
            if !masks.isEmpty {
                switch value {
                case .array, .map, .empty: break
                default:
                    let text = value.text
                    let masked = masked(text, key: key)
                    if masked != text { return quoted(volatile.masked(masked)) }
                }
            }
            if VolatileAttributes.isMasked(key, isNumber: value.number != nil) { return SnapshotMask.text }
        }
        guard depth < Self.depthMax else { return "…" }
        switch value {
        case .string(let text): return quoted(isKept ? text : volatile.masked(text))
        case .int(let number): return isKept ? "\(number)" : Self.number(number)
        case .double(let number): return "\(number)"
        case .bool(let flag): return "\(flag)"
        case .empty: return "empty"
        case .bytes(let bytes):
            // Of these lengths are span and trace ids.
            if !isKept, bytes.count == 8 || bytes.count == 16 { return "<id>" }
            return "bytes " + cut(Hex.encode(bytes))
        case .array(let values):
            return "[" + values.map { self.value($0, key: key, depth: depth + 1) }.joined(separator: ", ") + "]"
        case .map(let attributes):
            let members = attributes.canonical.entries.map {
                "\(line($0.key)): \(self.value($0.value, key: "\(key).\($0.key)", depth: depth + 1))"
            }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    private func isKept(_ key: String) -> Bool {
        options.kept.contains { SnapshotMask.matches(key, $0) }
    }

    /// Times since 1970 in milliseconds, microseconds or nanoseconds are none that a snapshot can keep.
    private static func number(_ number: Int64) -> String {
        for unit in [1, 1_000, 1_000_000] as [Int64] where VolatileText.isMilliseconds(number / unit) {
            return "<time>"
        }
        return "\(number)"
    }

    // MARK: Writing

    func quoted(_ text: String) -> String { "\"" + line(cut(text)).replacing("\"", with: "\\\"") + "\"" }

    /// On one line, what cannot be seen spelled out; a backslash, too, for else `\n` could be either.
    func line(_ text: String) -> String {
        TerminalText.escaped(
            text.utf8.contains(UInt8(ascii: "\\")) ? text.replacing("\\", with: "\\\\") : text)
    }

    private func cut(_ text: String) -> String {
        guard text.utf8.count > Self.valueBytesMax else { return text }
        var hash = StableHash()
        hash.combine(text)
        let head = String(decoding: text.utf8.prefix(Self.valueBytesMax), as: UTF8.self)
        return "\(head)… and \(text.utf8.count - Self.valueBytesMax) bytes, hash \(hash.finalize())"
    }
}
