import ArgumentParser
import Codecs
import MartletServer
import TelemetryModel

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the running server: process, ports, what it has taken in.")

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() async throws {
        let state = try server.state()
        let metrics = try await Self.metrics(state)
        if json {
            var writer = JSONWriter()
            writer.open("{")
            writer.key("server")
            writer.bytes += state.json.dropLast()
            writer.key("metrics")
            writer.open("{")
            for (name, value) in metrics {
                writer.separate()
                writer.string(name)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.double(value)
            }
            writer.close("}")
            writer.close("}")
            StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
            return
        }
        StandardOutput.write("Martlet \(state.version), process \(state.processID), up since \(state.startTime)\n\n")
        StandardOutput.write(EndpointsTable.text(state, width: StandardOutput.width))
        guard !metrics.isEmpty else { return }
        StandardOutput.write("\n")
        let rows = metrics.map { [$0.name, Self.text($0.name, $0.value)] }
        StandardOutput.write(
            TextTable(columns: [("METRIC", .left), ("VALUE", .right)], rows: rows).text(width: StandardOutput.width))
    }

    /// The counts that matter to a person, from the server's own metrics; none when that port is off.
    private static func metrics(_ state: ServerState) async throws -> [(name: String, value: Double)] {
        guard let url = state.url("self_metrics") else { return [] }
        let text = try await HTTPCalls.send("GET", url + "/metrics").text
        return text.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), !line.contains("_bucket{"), let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            else { return nil }
            let name = String(line[..<space])
            let isShown =
                name.hasPrefix("martlet_ingest") || name.hasPrefix("martlet_store_insert_failures")
                || name.hasPrefix("process_resident") || name.hasPrefix("process_private")
                || name.hasPrefix("process_cpu")
            return isShown ? (name, value) : nil
        }
    }

    private static func text(_ name: String, _ value: Double) -> String {
        if name.hasSuffix("_bytes") { return HumanText.bytes(UInt64(value)) }
        return value == value.rounded() ? HumanText.count(Int(value)) : "\(value)"
    }
}

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the health check: exit code 0 healthy, 1 not ready, 3 not running.")

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Print the health check's JSON.")
    var json = false

    func run() async throws {
        let directory = try server.runDirectory()
        guard let state = directory.state() else {
            if let holder = directory.lockHolder() {
                throw CommandFailure(.no, "process \(holder) on \(directory.data) is not ready")
            }
            throw CommandFailure(.unreachable, "no server runs on \(directory.data)")
        }
        guard let url = state.url("health") else {
            throw CommandFailure(.unreachable, "the server has its health check switched off (ports.health)")
        }
        let answer = try await HTTPCalls.send("GET", url + "/", timeout: .seconds(5))
        if json {
            StandardOutput.write(answer.text + "\n")
        } else if answer.status == 200 {
            StandardOutput.write("healthy\n")
        }
        guard answer.status == 200 else { throw CommandFailure(.no, json ? "" : "not ready: \(answer.text)") }
    }
}

struct EndpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "endpoints", abstract: "List the open ports.")

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() async throws {
        let state = try server.state()
        if json {
            StandardOutput.write(state.json)
        } else {
            StandardOutput.write(EndpointsTable.text(state, width: StandardOutput.width))
        }
    }
}
