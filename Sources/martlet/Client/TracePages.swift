import Codecs
import TraceAnalysis

/// The shape of a stored trace, page by page from the server's own API: 29 bytes a span instead of all that is stored.
struct TracePages {
    /// Spans of which their messages are asked, each with a call of its own.
    static let messagesMax = 50

    /// Of the port `api`.
    let url: String
    /// In hex.
    let id: String

    /// How many spans the trace has; nil when the server does not tell, whatever the reason.
    func count() async -> Int? {
        guard let answer = try? await HTTPCalls.send("GET", "\(url)/api/ui/trace/\(id)", timeout: .seconds(300)),
            answer.status == 200
        else { return nil }
        return Self.count(ofSummary: answer.body)
    }

    /// The whole trace.
    ///
    /// - Parameter spans: what `count` said. When more arrive meanwhile, pages do not fit together: it is asked again.
    func tree(spans: Int) async throws -> TraceTree {
        do {
            return try await read(spans: spans)
        } catch {
            guard let now = await count(), now != spans else { throw error }
            return try await read(spans: now)
        }
    }

    private func read(spans: Int) async throws -> TraceTree {
        var decoder = TraceSkeletonDecoder()
        repeat {
            let answer = try await HTTPCalls.send(
                "GET", "\(url)/api/ui/trace/\(id)/skeleton?spans=\(spans)&from=\(decoder.nextRow)",
                timeout: .seconds(300))
            guard answer.status == 200 else {
                throw CommandFailure(.no, APIProblem.text(answer, url: url))
            }
            let row = decoder.nextRow
            do {
                try decoder.add(answer.body)
            } catch {
                throw CommandFailure(.no, "the server's answer is not a trace: \(error)")
            }
            guard decoder.nextRow > row || decoder.isComplete else {
                throw CommandFailure(.no, "the server's answer is not a trace: an empty page")
            }
        } while !decoder.isComplete
        do {
            return try decoder.finish()
        } catch {
            throw CommandFailure(.no, "the server's answer is not a trace: \(error)")
        }
    }

    /// What spans say about their status, by row; those that cannot be had are left out.
    func messages(rows: some Collection<Int>, spans: Int) async -> [Int: String] {
        await withTaskGroup(of: (Int, String).self) { group in
            for row in rows.prefix(Self.messagesMax) {
                group.addTask {
                    let answer = try? await HTTPCalls.send(
                        "GET", "\(url)/api/ui/trace/\(id)/spans?spans=\(spans)&from=\(row)&count=1")
                    guard let answer, answer.status == 200 else { return (row, "") }
                    return (row, Self.statusMessage(ofSpans: answer.body))
                }
            }
            var messages: [Int: String] = [:]
            for await (row, message) in group where !message.isEmpty { messages[row] = message }
            return messages
        }
    }

    /// The member `spans` of a trace's summary.
    static func count(ofSummary bytes: [UInt8]) -> Int? {
        var count: Int?
        try? AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                if name == "spans" { count = Int(clamping: try reader.readInteger()) } else { try reader.skipValue() }
            }
        }
        return count.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The first message of a status in OTLP JSON; empty when there is none.
    static func statusMessage(ofSpans bytes: [UInt8]) -> String {
        var message = ""
        try? AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try elements(["resourceSpans", "scopeSpans", "spans"][...], of: &reader) { (reader) throws(DecodeError) in
                try reader.readMembers { (name, reader) throws(DecodeError) in
                    guard name == "status" else { return try reader.skipValue() }
                    try reader.readMembers { (name, reader) throws(DecodeError) in
                        guard name == "message", message.isEmpty else { return try reader.skipValue() }
                        message = try reader.readString()
                    }
                }
            }
        }
        return message
    }

    /// The elements of the lists that the path of names leads to.
    private static func elements(
        _ path: ArraySlice<String>, of reader: inout JSONReader,
        _ element: (inout JSONReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        try reader.readMembers { (name, reader) throws(DecodeError) in
            guard name == path.first else { return try reader.skipValue() }
            try reader.readElements { (reader) throws(DecodeError) in
                if path.count == 1 {
                    try element(&reader)
                } else {
                    try elements(path.dropFirst(), of: &reader, element)
                }
            }
        }
    }
}
