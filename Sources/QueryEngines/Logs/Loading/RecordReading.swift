import LogQLEvaluation
import SQLSyntax
import TelemetryModel
import TelemetryStore

/// Which columns of the table of records a query reads, and where they stand in the statement.
struct RecordReading: Sendable {
    /// A column that is structured metadata under its own name.
    enum Field: String, CaseIterable, Sendable {
        case detectedLevel = "detected_level"
        case traceID = "trace_id"
        case spanID = "span_id"
        case severityText = "severity_text"
        case severityNumber = "severity_number"
        case eventName = "event_name"
        case flags
        case observedTime = "observed_timestamp"

        var column: Identifier { self == .observedTime ? "observed_time" : Identifier(rawValue) }
    }

    enum Attributes: Sendable, Equatable {
        case none
        /// Only these, each by a column of its own.
        case keys([String])
        case all
    }

    let lines: Bool
    let fields: [Field]
    let attributes: Attributes
    let scopes: Bool
    /// What of a record is shown.
    let shown: ShownLabels
    /// Names asked for; nil for all but the quiet ones.
    let names: Set<String>?

    /// Whether metadata of this name is read.
    func reads(_ name: String) -> Bool { names.map { $0.contains(name) } ?? shown.shows(name) }

    /// Of more keys than these the whole set of attributes is read.
    private static let keysMax = 6

    init(_ needs: RecordNeeds, keys: AttributeKeys, shown: ShownLabels) {
        lines = needs.lines
        self.shown = shown
        switch needs.metadata {
        case .none:
            (fields, attributes, scopes, names) = ([], .none, false, [])
        case .all:
            fields = Field.allCases.filter { shown.shows($0.rawValue) }
            (attributes, scopes, names) = (.all, true, nil)
        case .names(let wanted):
            names = wanted
            fields = Field.allCases.filter { wanted.contains($0.rawValue) }
            scopes =
                wanted.contains("scope_name") || wanted.contains("scope_version") || !keys.isComplete
                || keys.names(in: .scope).contains { wanted.contains(LogLabelName.sanitized($0)) }
            guard keys.isComplete else {
                attributes = .all
                return
            }
            let found = keys.names(in: .log).filter { wanted.contains(LogLabelName.sanitized($0)) }.sorted()
            // Of several keys with one name the first of the record counts.
            let areDistinct = Set(found.map(LogLabelName.sanitized)).count == found.count
            attributes = found.isEmpty ? .none : found.count <= Self.keysMax && areDistinct ? .keys(found) : .all
        }
    }

    /// Time and stream come first, then body, fields, attributes, scope as far as they are read.
    var outputs: [Select.Output] {
        var outputs: [Select.Output] = [.init(.column("time")), .init(.column("resource_id"))]
        if lines { outputs.append(.init(.column("body"))) }
        outputs += fields.map { .init(.column($0.column)) }
        switch attributes {
        case .none: break
        case .keys(let keys):
            for (index, key) in keys.enumerated() {
                outputs.append(
                    .init(
                        .call("arrayElement", .column("attributes"), .parameter(.string(key))),
                        as: Identifier("a\(index)")))
            }
        case .all: outputs.append(.init(.column("attributes")))
        }
        if scopes { outputs.append(.init(.column("scope_id"))) }
        return outputs
    }
}
