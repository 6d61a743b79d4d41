import ClickHouse
import Codecs

/// JSON: `meta`, `data` as objects, `rows`.
struct JSONFormat: OutputFormat {
    var name: String { "JSON" }
    var contentType: String { "application/json; charset=UTF-8" }
    var isJSON: Bool { true }
    func makeWriter() -> any ResultWriter { JSONDocumentWriter(isCompact: false) }
}

/// JSONCompact: like JSON, each row a list.
struct JSONCompactFormat: OutputFormat {
    var name: String { "JSONCompact" }
    var contentType: String { "application/json; charset=UTF-8" }
    var isJSON: Bool { true }
    func makeWriter() -> any ResultWriter { JSONDocumentWriter(isCompact: true) }
}

/// JSONEachRow: an object a line.
struct JSONEachRowFormat: OutputFormat {
    var name: String { "JSONEachRow" }
    var contentType: String { "application/x-ndjson; charset=UTF-8" }
    var isJSON: Bool { true }
    func makeWriter() -> any ResultWriter { JSONLinesWriter() }
}

private struct JSONDocumentWriter: ResultWriter {
    let isCompact: Bool
    private var writer = JSONWriter()
    private var columns: [ResultColumnDescription] = []
    private var rows = 0

    init(isCompact: Bool) {
        self.isCompact = isCompact
    }

    var bytes: [UInt8] { writer.bytes }

    mutating func begin(_ columns: [ResultColumnDescription]) {
        self.columns = columns
        writer.open("{")
        writer.key("meta")
        writer.open("[")
        for column in columns {
            writer.separate()
            writer.open("{")
            writer.key("name")
            writer.string(column.name)
            writer.key("type")
            writer.string(column.type)
            writer.close("}")
        }
        writer.close("]")
        writer.key("data")
        writer.open("[")
    }

    mutating func row(_ values: [ResultValue]) {
        rows += 1
        writer.separate()
        if isCompact {
            writer.open("[")
            for (column, value) in zip(columns, values) {
                writer.separate()
                writer.value(value, of: column)
            }
            writer.close("]")
        } else {
            writer.row(values, of: columns)
        }
    }

    mutating func end() {
        writer.close("]")
        writer.key("rows")
        writer.integer(rows)
        writer.close("}")
        writer.bytes.append(UInt8(ascii: "\n"))
    }
}

private struct JSONLinesWriter: ResultWriter {
    var bytes: [UInt8] = []
    private var columns: [ResultColumnDescription] = []

    mutating func begin(_ columns: [ResultColumnDescription]) { self.columns = columns }

    mutating func row(_ values: [ResultValue]) {
        var writer = JSONWriter()
        writer.row(values, of: columns)
        bytes += writer.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func end() {}
}

extension JSONWriter {
    fileprivate mutating func row(_ values: [ResultValue], of columns: [ResultColumnDescription]) {
        open("{")
        for (column, value) in zip(columns, values) {
            separate()
            string(column.name)
            bytes.append(UInt8(ascii: ":"))
            self.value(value, of: column)
        }
        close("}")
    }

    fileprivate mutating func value(_ value: ResultValue, of column: ResultColumnDescription) {
        if column.isRawJSON, let text = value.text {
            bytes += Array(text.utf8)
        } else {
            self.value(value)
        }
    }

    /// NaN and infinities have no JSON form; ClickHouse writes null (output_format_json_quote_denormals = 0).
    private mutating func value(_ value: ResultValue) {
        switch value {
        case .null: bytes += Array("null".utf8)
        case .bool(let flag): bool(flag)
        case .int(let number): integer(number)
        case .unsigned(let number): integer(number)
        case .double(let number): finite(number, number.description)
        case .float(let number): finite(Double(number), number.description)
        case .decimal(let text): bytes += Array(ValueText.decimal(text).utf8)
        case .string, .bytes, .timestamp, .days: string(ValueText.plain(value))
        case .list(let items):
            open("[")
            for item in items {
                separate()
                self.value(item)
            }
            close("]")
        case .map(let pairs):
            open("{")
            for pair in pairs {
                separate()
                string(ValueText.plain(pair.key))
                bytes.append(UInt8(ascii: ":"))
                self.value(pair.value)
            }
            close("}")
        case .structure(let members) where members.contains(where: { Int($0.name) == nil }):
            // A tuple with names is an object (output_format_json_named_tuples_as_objects = 1).
            open("{")
            for member in members {
                separate()
                string(member.name)
                bytes.append(UInt8(ascii: ":"))
                self.value(member.value)
            }
            close("}")
        case .structure(let members):
            open("[")
            for member in members {
                separate()
                self.value(member.value)
            }
            close("]")
        }
    }

    private mutating func finite(_ number: Double, _ shortest: String) {
        bytes += Array((number.isFinite ? ValueText.number(number, shortest: shortest) : "null").utf8)
    }
}
