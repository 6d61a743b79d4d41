import Codecs
package import TelemetryModel

/// What `run.json` says of a run: a command that ran under a server of its own.
package struct RunFile: Sendable, Equatable {
    /// How the command ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
    }

    /// Items of one service.
    package struct ServiceCounts: Sendable, Equatable {
        /// Empty: telemetry without `service.name`.
        package var name: String
        package var spans: Int
        package var points: Int
        package var logs: Int

        package init(name: String, spans: Int, points: Int, logs: Int) {
            self.name = name
            self.spans = spans
            self.points = points
            self.logs = logs
        }

        package var items: Int { spans &+ points &+ logs }
    }

    /// Of the form; a reader refuses a newer one.
    package static let formVersion = 1

    package var name: String
    /// The words of the command line.
    package var command: [String]
    package var start: Timestamp
    package var end: Timestamp
    package var exit: End
    /// In order of their names.
    package var services: [ServiceCounts]
    /// Whether the expectations were met; nil when there were none.
    package var isPassed: Bool?
    /// Of Martlet.
    package var version: String

    package init(
        name: String, command: [String], start: Timestamp, end: Timestamp, exit: End, services: [ServiceCounts],
        isPassed: Bool? = nil, version: String
    ) {
        self.name = name
        self.command = command
        self.start = start
        self.end = end
        self.exit = exit
        self.services = services
        self.isPassed = isPassed
        self.version = version
    }

    package var spans: Int { services.reduce(0) { $0 &+ $1.spans } }
    package var points: Int { services.reduce(0) { $0 &+ $1.points } }
    package var logs: Int { services.reduce(0) { $0 &+ $1.logs } }
}

// MARK: - Writing

extension RunFile {
    /// One object, a member a line, always in the same order; ends with a line feed.
    package var json: [UInt8] {
        var lines = [
            Self.member("form") { $0.integer(Self.formVersion) },
            Self.member("name") { $0.string(name) },
            Self.member("command") { writer in
                writer.open("[")
                for word in command {
                    writer.separate()
                    writer.string(word)
                }
                writer.close("]")
            },
            Self.member("start") { $0.quotedInteger(start.nanoseconds) },
            Self.member("end") { $0.quotedInteger(end.nanoseconds) },
            Self.member("started") { $0.string(start.rfc3339) },
            Self.member("exit") { exit.write(to: &$0) },
            Self.member("counts") { writer in
                Self.write(ServiceCounts(name: "", spans: spans, points: points, logs: logs), isNamed: false, &writer)
            },
            Self.member("services") { writer in
                writer.open("[")
                for service in services {
                    writer.separate()
                    Self.write(service, isNamed: true, &writer)
                }
                writer.close("]")
            },
        ]
        if let isPassed { lines.append(Self.member("passed") { $0.bool(isPassed) }) }
        lines.append(Self.member("version") { $0.string(version) })
        return Array("{\n  ".utf8) + lines.joined(separator: Array(",\n  ".utf8)) + Array("\n}\n".utf8)
    }

    private static func member(_ key: StaticString, _ value: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.key(key)
        value(&writer)
        return writer.bytes
    }

    private static func write(_ counts: ServiceCounts, isNamed: Bool, _ writer: inout JSONWriter) {
        writer.open("{")
        if isNamed {
            writer.key("name")
            writer.string(counts.name)
        }
        writer.key("spans")
        writer.integer(counts.spans)
        writer.key("points")
        writer.integer(counts.points)
        writer.key("logs")
        writer.integer(counts.logs)
        writer.close("}")
    }
}

extension RunFile.End {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.open("{")
        switch self {
        case .exited(let code):
            writer.key("code")
            writer.integer(code)
        case .signalled(let signal):
            writer.key("signal")
            writer.integer(signal)
        case .timedOut:
            writer.key("timedOut")
            writer.bool(true)
        }
        writer.close("}")
    }
}

// MARK: - Reading

extension RunFile {
    /// Reads what `json` wrote; members that are not known are left out.
    ///
    /// - Throws: `VerificationError` with `.invalidFile`.
    package init(json bytes: [UInt8], path: String) throws(VerificationError) {
        var file = RunFile(
            name: "", command: [], start: Timestamp(nanoseconds: 0), end: Timestamp(nanoseconds: 0),
            exit: .exited(0), services: [], version: "")
        var form = 0
        do {
            try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer)
                try Self.members(&reader) { (name, reader) throws(DecodeError) in
                    switch name {
                    case "form": form = Int(clamping: try Self.integer(&reader))
                    case "name": file.name = try reader.readString()
                    case "command":
                        var list = try reader.beginList()
                        while try reader.nextElement(&list) { file.command.append(try reader.readString()) }
                    case "start": file.start = Timestamp(nanoseconds: try Self.integer(&reader))
                    case "end": file.end = Timestamp(nanoseconds: try Self.integer(&reader))
                    case "exit": file.exit = try Self.readEnd(&reader)
                    case "services":
                        var list = try reader.beginList()
                        while try reader.nextElement(&list) { file.services.append(try Self.readService(&reader)) }
                    case "passed": file.isPassed = try reader.readBool()
                    case "version": file.version = try reader.readString()
                    default: try reader.skipValue()
                    }
                }
                try reader.finish()
            }
        } catch {
            throw VerificationError(.invalidFile, "\(path) does not describe a run: \(error)")
        }
        guard form == Self.formVersion else {
            throw VerificationError(
                .invalidFile, "\(path) has form \(form), this program reads form \(Self.formVersion)")
        }
        self = file
    }

    private static func readEnd(_ reader: inout JSONReader) throws(DecodeError) -> End {
        var end = End.exited(0)
        try members(&reader) { (name, reader) throws(DecodeError) in
            switch name {
            case "code": end = .exited(Int32(clamping: try integer(&reader)))
            case "signal": end = .signalled(Int32(clamping: try integer(&reader)))
            case "timedOut": if try reader.readBool() { end = .timedOut }
            default: try reader.skipValue()
            }
        }
        return end
    }

    private static func readService(_ reader: inout JSONReader) throws(DecodeError) -> ServiceCounts {
        var counts = ServiceCounts(name: "", spans: 0, points: 0, logs: 0)
        try members(&reader) { (name, reader) throws(DecodeError) in
            switch name {
            case "name": counts.name = try reader.readString()
            case "spans": counts.spans = Int(clamping: try integer(&reader))
            case "points": counts.points = Int(clamping: try integer(&reader))
            case "logs": counts.logs = Int(clamping: try integer(&reader))
            default: try reader.skipValue()
            }
        }
        return counts
    }

    private static func members(
        _ reader: inout JSONReader, _ member: (String, inout JSONReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var object = try reader.beginObject()
        while let key = try reader.nextKey(&object) {
            let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            try member(name, &reader)
        }
    }

    /// A whole number, also in quotes, as 64 bits are written.
    private static func integer(_ reader: inout JSONReader) throws(DecodeError) -> Int64 {
        let position = reader.position
        if try reader.nextKind() == .string {
            if let value = Int64(try reader.readString()) { return value }
        } else if case .value(let magnitude, let isNegative) = try reader.readNumber().integer {
            return isNegative ? Int64(clamping: -Int128(magnitude)) : Int64(clamping: magnitude)
        }
        throw DecodeError(code: .malformed, message: "expected a whole number", offset: position)
    }
}
