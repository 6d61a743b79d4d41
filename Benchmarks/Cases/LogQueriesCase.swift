import AsyncHTTPClient
import Foundation
import MartletServer
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// Questions about logs, over HTTP, to a server of its own. `MARTLET_BENCH_LARGE` adds 10 M records.
struct LogQueriesCase: BenchmarkCase {
    static let name = "logs"
    static let summary = "LogQL and the Loki API on 1 M records (10 M with MARTLET_BENCH_LARGE) over HTTP, median of 9"

    private static let batch = 2000
    private static let connections = 4

    private struct Question {
        let label: String
        let path: String
        /// Of the n-th time: values differ, so that no answer is one that was kept.
        let query: (Int) -> [(String, String)]
        /// What others take for the like, as they publish it.
        var peer = ""
    }

    func run(_ bench: Bench) async throws {
        let isLarge = ProcessInfo.processInfo.environment["MARTLET_BENCH_LARGE"] != nil
        for millions in isLarge ? [1, 10] : [1] {
            let server = try LoadedServer(bench, name: "logs-\(millions)")
            let end = Int64(Date().timeIntervalSince1970 * 1000) * 1_000_000
            let workload = "\(millions) M records"
            try await Self.load(server, records: millions * 1_000_000, end: end, workload)
            try await server.waitForMerges()
            Bench.report(
                "disk", "\((try server.diskBytes() / Double(millions) / 1e6).text(1)) B/record", workload)
            for question in Self.questions(end: end) { try await Self.measure(question, server, workload) }
            Bench.report(
                "peak memory", "\((Double(server.peakMemoryBytes) / 1_048_576).text(0)) MiB resident", workload)
            try server.stop()
        }
    }

    // MARK: Loading

    private static func load(_ server: LoadedServer, records: Int, end: Int64, _ workload: String) async throws {
        guard let url = server.url("otlp_http") else { throw LoadedServer.Failure(message: "no port otlp_http") }
        let before = server.cpuSeconds
        let begin = ContinuousClock.now
        var bytes = 0
        try await withThrowingTaskGroup(of: Int.self) { group in
            for connection in 0..<connections {
                group.addTask {
                    var lines = LogWorkload(seed: UInt64(connection) + 1)
                    let count = records / connections
                    var sent = 0
                    var done = 0
                    while done < count {
                        let size = min(batch, count - done)
                        // 50 minutes, so that all is in the last hour when the last question comes.
                        let first = end - 3_000_000_000_000 + Int64(done) * (3_000_000_000_000 / Int64(count))
                        let message = lines.request(
                            records: size, first: first, step: 3_000_000_000_000 / Int64(count))
                        sent += lines.lineBytes
                        try await post(url + "/v1/logs", try message.serializedBytes())
                        done += size
                    }
                    return sent
                }
            }
            for try await sent in group { bytes += sent }
        }
        let wall = (ContinuousClock.now - begin).inSeconds
        try server.waitUntilStored("SELECT count() FROM telemetry.logs", atLeast: Double(records))
        let cpu = server.cpuSeconds - before
        Bench.report(
            "ingest, until all is stored", "\((cpu / Double(records) * 1e6).text(2)) CPU s/M records",
            "\(workload), \(bytes / records) B a line, OTLP protobuf over HTTP; accepted \((Double(records) / wall / 1000).text(0)) k/s with the generator beside"
        )
    }

    private static func post(_ url: String, _ body: [UInt8]) async throws {
        while true {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-protobuf")
            request.body = .bytes(ByteBuffer(bytes: body))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            let answer = try await response.body.collect(upTo: 1 << 20)
            switch response.status.code {
            case 200: return
            case 429, 503: try await Task.sleep(for: .milliseconds(200))
            default:
                throw LoadedServer.Failure(message: "\(url): \(response.status) \(String(buffer: answer))")
            }
        }
    }

    // MARK: Asking

    private static func questions(end: Int64) -> [Question] {
        let all = "{service_name=~\".+\"}"
        let now = end + 60_000_000_000
        let span = [("start", String(now - 3_600_000_000_000)), ("end", String(now))]
        func user(_ time: Int) -> String { "user-\((time &* 7919 + 4242) % 100_000)" }
        func lines(_ label: String, peer: String = "", _ query: @escaping (Int) -> String) -> Question {
            Question(
                label: label, path: "/loki/api/v1/query_range",
                query: { [("query", query($0)), ("limit", "100")] + span }, peer: peer)
        }
        func number(_ label: String, peer: String = "", _ query: String) -> Question {
            Question(
                label: label, path: "/loki/api/v1/query",
                query: { [("query", query), ("time", String(now + Int64($0)))] }, peer: peer)
        }
        func other(_ label: String, _ path: String, _ parameters: [(String, String)] = []) -> Question {
            Question(label: label, path: "/loki/api/v1/" + path, query: { _ in parameters + span })
        }
        return [
            lines("a rare word anywhere", peer: "VictoriaLogs 3.2 ms") { _ in "\(all) |= \"quorumlost\"" },
            lines("a frequent word anywhere") { _ in "\(all) |= \"completed\"" },
            lines("a word that is nowhere") { "\(all) |= \"absent\($0)x\"" },
            lines("service and one user of 100,000, metadata", peer: "VictoriaLogs 1.5 ms") {
                "{service_name=\"cart\"} | user_id=\"\(user($0))\""
            },
            lines("service and one user of 100,000, text", peer: "VictoriaLogs 1.5 ms") {
                "{service_name=\"cart\"} |= \"\(user($0))\""
            },
            lines("one user of 100,000 anywhere, metadata") { "\(all) | user_id=\"\(user($0))\"" },
            lines("regular expression anywhere") { _ in "\(all) |~ \"quorum(lost|gone)\"" },
            number(
                "count by severity over all", peer: "VictoriaLogs 43 ms",
                "sum by (detected_level) (count_over_time(\(all)[1h]))"),
            Question(
                label: "count by severity over time, 60 steps", path: "/loki/api/v1/query_range",
                query: { _ in
                    [("query", "sum by (detected_level) (count_over_time(\(all)[1m]))"), ("step", "60000ms")] + span
                }),
            number(
                "pattern, sum by method, 4 of 10 lines",
                "sum by (method) (count_over_time({service_name=\"gateway\"} | pattern `<_> - - <_> \"<method> <_> <_>\" <status> <_>` [1h]))"
            ),
            number(
                "json, sum by status, 2 of 10 lines",
                "sum by (status) (count_over_time({service_name=\"cart\"} | json [1h]))"),
            number(
                "logfmt, sum by route, 2 of 10 lines",
                "sum by (route) (count_over_time({service_name=\"checkout\"} | logfmt [1h]))"),
            number(
                "logfmt, quantile of a duration by route",
                "quantile_over_time(0.95, {service_name=\"checkout\"} | logfmt | unwrap duration(took) [1h]) by (route)"
            ),
            other("labels", "labels"),
            other("values of a label", "label/service_name/values"),
            other("series", "series", [("match[]", all)]),
            other("index/stats", "index/stats", [("query", all)]),
            other("index/volume", "index/volume", [("query", all)]),
            other("detected_fields", "detected_fields", [("query", "{service_name=\"cart\"}")]),
            other("detected_labels", "detected_labels", [("query", all)]),
            other("patterns of one service", "patterns", [("query", "{service_name=\"gateway\"}"), ("step", "60s")]),
            other("patterns of all", "patterns", [("query", all), ("step", "60s")]),
        ]
    }

    private static func measure(_ question: Question, _ server: LoadedServer, _ workload: String) async throws {
        var times: [Double] = []
        var bytes = 0
        let before = server.cpuSeconds
        for index in 0..<9 {
            let begin = ContinuousClock.now
            do {
                bytes = try await get(server, question.path, question.query(index))
            } catch {
                // The other questions are worth their figures.
                return Bench.report(question.label, "no answer", "\(error)")
            }
            times.append((ContinuousClock.now - begin).inSeconds * 1000)
        }
        let cpu = (server.cpuSeconds - before) / 9 * 1000
        times.sort()
        Bench.report(
            question.label, "\(times[4].text(1)) ms",
            "\(cpu.text(0)) ms CPU; fastest \(times[0].text(1)), slowest \(times[8].text(1)); \(bytes) B; \(workload)"
                + (question.peer.isEmpty ? "" : "; \(question.peer)"))
    }

    private static func get(
        _ server: LoadedServer, _ path: String, _ query: [(String, String)]
    ) async throws -> Int {
        guard let base = server.url("loki") else { throw LoadedServer.Failure(message: "no port loki") }
        var components = URLComponents()
        components.queryItems = query.map { URLQueryItem(name: $0.0, value: $0.1) }
        let encoded = (components.percentEncodedQuery ?? "").replacingOccurrences(of: "+", with: "%2B")
        var request = HTTPClientRequest(url: "\(base)\(path)?\(encoded)")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 1 << 30)
        guard response.status == .ok else {
            throw LoadedServer.Failure(message: "\(path): \(response.status) \(String(buffer: body))")
        }
        return body.readableBytes
    }
}

/// A large file that is followed: CPU from the moment it is there until all of it is stored.
struct TailingCase: BenchmarkCase {
    static let name = "tailing"
    static let summary = "a log file of 200 MB is followed: CPU until all of it is stored"

    private static let bytes = 200 << 20
    /// The setting that says which files are followed.
    private static let setting = "logs.paths"

    func run(_ bench: Bench) async throws {
        for format in LogWorkload.Format.allCases {
            let folder = "\(bench.directory)/tailed-\(format)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let made = try Self.write(format, to: folder + "/part")
            let server = try LoadedServer(
                bench, name: "tailing-\(format)", settings: ["\(Self.setting)=\(folder)/*.log"])
            try await Task.sleep(for: .seconds(2))
            let before = server.cpuSeconds
            let begin = ContinuousClock.now
            // At once, as a whole: the start of the server is not in the figure.
            try FileManager.default.moveItem(atPath: folder + "/part", toPath: folder + "/app.log")
            try server.waitUntilStored("SELECT count() FROM telemetry.logs", atLeast: Double(made.lines))
            let wall = (ContinuousClock.now - begin).inSeconds
            let cpu = server.cpuSeconds - before
            let megabytes = Double(made.bytes) / 1e6
            Bench.report(
                "tailing, \(format)", "\((megabytes / cpu).text(1)) MB/s per core",
                "\(megabytes.text(0)) MB, \(made.lines) lines of \(made.bytes / made.lines) B; "
                    + "\(cpu.text(1)) CPU s in \(wall.text(1)) s; \((cpu / Double(made.lines) * 1e6).text(2)) CPU s/M lines"
            )
            try server.stop()
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    private static func write(_ format: LogWorkload.Format, to path: String) throws -> (bytes: Int, lines: Int) {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw LoadedServer.Failure(message: "cannot write \(path)") }
        var workload = LogWorkload(seed: 3)
        var written = 0, lines = 0
        let end = Int64(Date().timeIntervalSince1970) * 1_000_000_000
        while written < bytes {
            var text = ""
            for _ in 0..<10_000 {
                text += workload.fileLine(format, time: end - 3_000_000_000_000 + Int64(lines) * 1_000_000) + "\n"
                lines += 1
            }
            try file.write(contentsOf: Data(text.utf8))
            written += text.utf8.count
        }
        try file.close()
        return (written, lines)
    }
}

extension LoadedServer {
    /// - Throws: when the rows are not there after five minutes.
    fileprivate func waitUntilStored(_ count: String, atLeast rows: Double) throws {
        for _ in 0..<3000 {
            if try number(count) >= rows { return }
            usleep(100_000)
        }
        throw Failure(message: "only \(try number(count)) of \(rows) rows are stored")
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
