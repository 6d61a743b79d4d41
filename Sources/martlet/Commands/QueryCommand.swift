import ArgumentParser
import Codecs
import MartletServer
import TelemetryModel

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Run a ClickHouse SELECT on the stored telemetry.",
        discussion: """
            The tables are in the database telemetry: spans, logs, metric_series, metric_samples, resources and others;
            SHOW TABLES lists them. Example:

              martlet query "SELECT service, name, count() FROM spans GROUP BY ALL ORDER BY 3 DESC LIMIT 10"
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "The statement; - reads it from standard input.")
    var sql: String

    @Flag(name: .long, help: "Print a JSON array with an object for each row.")
    var json = false

    @Option(
        name: .long, help: "Print in a format of ClickHouse: TabSeparated, CSVWithNames, JSON, JSONEachRow, Vertical, …"
    )
    var format: String?

    func run() async throws {
        var statement = sql
        if statement == "-" {
            statement = ""
            while let line = readLine(strippingNewline: false) { statement += line }
        }
        let url = try server.url("clickhouse")
        let wanted =
            json ? "JSONEachRow" : format ?? (StandardOutput.isTerminal ? "JSONCompact" : "TabSeparatedWithNames")
        let answer = try await HTTPCalls.send(
            "POST", url + "/?default_format=\(Self.percentEncoded(wanted))", body: Array(statement.utf8),
            timeout: .seconds(3600))
        guard answer.status == 200 else {
            throw CommandFailure(.no, answer.text.trimmingNewlines())
        }
        if json {
            StandardOutput.write(Self.array(of: answer.body))
        } else if format == nil, StandardOutput.isTerminal {
            StandardOutput.write(try Self.table(answer.body))
        } else {
            StandardOutput.write(answer.body)
        }
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                ? String(scalar) : "%" + Hex.encode([byte])
        }.joined()
    }

    /// JSON lines as one array, a row a line.
    private static func array(of lines: [UInt8]) -> [UInt8] {
        let rows = lines.split(separator: UInt8(ascii: "\n"))
        guard !rows.isEmpty else { return Array("[]\n".utf8) }
        return Array("[".utf8) + Array(rows.joined(separator: Array(",\n ".utf8))) + Array("]\n".utf8)
    }

    /// A JSONCompact answer as a table.
    private static func table(_ body: [UInt8]) throws -> String {
        let result = try CompactResult(body)
        let columns = result.columns.map { column in
            (title: column.name, alignment: column.isNumber ? TextTable.Alignment.right : .left)
        }
        let table = TextTable(columns: columns, rows: result.rows).text(width: StandardOutput.width)
        return table + "\n\(HumanText.count(result.rows.count)) row\(result.rows.count == 1 ? "" : "s")\n"
    }
}

extension String {
    func trimmingNewlines() -> String {
        var text = self[...]
        while text.last?.isNewline == true { text = text.dropLast() }
        return String(text)
    }
}

/// A result in ClickHouse's JSONCompact format, its values as text.
struct CompactResult {
    struct Column: Equatable {
        var name = ""
        var type = ""
        var isNumber: Bool {
            let inner = type.hasPrefix("Nullable(") ? type.dropFirst("Nullable(".count) : type[...]
            return ["Int", "UInt", "Float", "Decimal"].contains { inner.hasPrefix($0) }
        }
    }

    private(set) var columns: [Column] = []
    private(set) var rows: [[String]] = []

    init(_ bytes: [UInt8]) throws {
        do {
            try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer)
                try read(&reader, buffer)
            }
        } catch {
            throw CommandFailure(.no, "the server's answer cannot be read: \(error)")
        }
    }

    private mutating func read(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) {
        var object = try reader.beginObject()
        while let key = try reader.nextKey(&object) {
            let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            switch name {
            case "meta":
                var list = try reader.beginList()
                while try reader.nextElement(&list) { columns.append(try Self.readColumn(&reader)) }
            case "data":
                var list = try reader.beginList()
                while try reader.nextElement(&list) {
                    var values: [String] = []
                    var row = try reader.beginList()
                    while try reader.nextElement(&row) { values.append(try Self.readValue(&reader, bytes)) }
                    rows.append(values)
                }
            default: try reader.skipValue()
            }
        }
    }

    private static func readColumn(_ reader: inout JSONReader) throws(DecodeError) -> Column {
        var column = Column()
        var object = try reader.beginObject()
        while let key = try reader.nextKey(&object) {
            let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            if name == "name" { column.name = try reader.readString() } else { column.type = try reader.readString() }
        }
        return column
    }

    /// Strings as they are, everything else as its JSON text.
    private static func readValue(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> String {
        if try reader.nextKind() == .string { return try reader.readString() }
        let start = reader.position
        try reader.skipValue()
        return String(decoding: bytes[start..<reader.position], as: UTF8.self)
    }
}
