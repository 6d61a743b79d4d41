import ArgumentParser
import Codecs
import MartletServer
import TelemetryModel

struct FlushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush",
        abstract: "Wait until everything that the server has accepted is stored and can be asked for.",
        discussion: "Exit code 1 when the time runs out or the store cannot take data.")

    /// The server's own bound is lower; this one keeps the arithmetic of the call safe.
    private static let timeoutMax = Duration.seconds(3_600)

    @OptionGroup var server: ServerOptions

    @Option(name: .long, help: "How long to wait, for example 30s or 1m30s; at most 1h.")
    var timeout = DurationArgument(.seconds(30))

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        guard timeout.duration > .zero, timeout.duration <= Self.timeoutMax else {
            throw ValidationError("--timeout wants more than 0s and at most 1h")
        }
    }

    func run() async throws {
        let answer = try await FlushCall.send(try server.url("api"), timeout: timeout.duration)
        StandardOutput.write(json ? Self.jsonText(answer) : Self.sentence(answer))
    }

    static func sentence(_ answer: FlushAnswer) -> [UInt8] {
        let counts = answer.stored.map { "\(HumanText.count($0.items)) of \($0.signal)" }
        let list = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
        let duration = HumanText.duration(answer.milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
        return Array("everything accepted is stored\(list) (\(duration))\n".utf8)
    }

    static func jsonText(_ answer: FlushAnswer) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("status")
        writer.string("stored")
        writer.key("signals")
        writer.open("{")
        for (signal, items) in answer.stored {
            writer.member(signal)
            writer.open("{")
            writer.key("stored")
            writer.integer(items)
            writer.close("}")
        }
        writer.close("}")
        writer.key("milliseconds")
        writer.integer(answer.milliseconds)
        writer.close("}")
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

extension JSONWriter {
    /// Writes a key that is not known beforehand; the value has to follow.
    mutating func member(_ key: String) {
        separate()
        string(key)
        bytes.append(UInt8(ascii: ":"))
    }
}
