import Codecs
import TelemetryModel

extension LoadReport {
    /// One object; its members are always the same, in the same order, null where a figure is not known.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("run")
        writer.string(run.hex)
        writer.key("endpoint")
        writer.string(endpoint)
        writer.key("protocol")
        writer.string(transport.rawValue)
        writer.key("compression")
        writer.string(compression.rawValue)
        writer.key("shape")
        writer.string(shape.rawValue)
        writer.key("connections")
        writer.integer(connections)
        writer.key("seconds")
        writer.rounded(seconds)
        writer.key("items")
        writer.counts(total)
        writer.key("signals")
        writer.open("{")
        for signal in signals {
            writer.member(signal.rawValue)
            writer.counts(tally.items[signal] ?? ItemCounts(), storedCount(signal))
        }
        writer.close("}")
        writer.key("late")
        writer.optional(late) { $0.integer($1) }
        writer.key("requests")
        writer.integer(tally.requests)
        writer.key("retries")
        writer.integer(tally.retries)
        writer.key("errors")
        writer.open("{")
        for (kind, count) in tally.errors.sorted(by: { $0.key < $1.key }) {
            writer.member(kind)
            writer.integer(count)
        }
        writer.close("}")
        writer.key("acceptedPerSecond")
        writer.rounded(acceptedPerSecond)
        writer.key("latencyMilliseconds")
        writer.open("{")
        for (name, latency) in latencies {
            writer.member(name)
            writer.optional(latency) { $0.rounded($1 / .milliseconds(1)) }
        }
        writer.close("}")
        writer.key("bytes")
        writer.open("{")
        writer.key("raw")
        writer.integer(tally.rawBytes)
        writer.key("wire")
        writer.optional(tally.wireBytes) { $0.integer($1) }
        writer.close("}")
        writer.key("clientCPUSeconds")
        writer.rounded(clientCPUSeconds)
        writer.key("serverCPUSeconds")
        writer.optional(serverCPUSeconds) { $0.rounded($1) }
        writer.key("serverCPUSecondsPerMillion")
        writer.optional(serverCPUSecondsPerMillion) { $0.rounded($1) }
        writer.key("flushMilliseconds")
        writer.optional(flushMilliseconds) { $0.integer($1) }
        writer.key("verification")
        writer.open("{")
        let (state, reason) = verificationText
        writer.key("state")
        writer.string(state)
        writer.key("reason")
        writer.optional(reason) { $0.string($1) }
        writer.key("stored")
        writer.optional(stored) { $0.integer($1) }
        writer.key("lost")
        writer.optional(lost) { $0.integer($1) }
        writer.key("doubled")
        writer.optional(doubled) { $0.integer($1) }
        writer.close("}")
        writer.key("ok")
        writer.bool(problem == nil)
        writer.close("}")
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func storedCount(_ signal: Signal) -> StoredCount? {
        guard case .counted(let counts) = verification else { return nil }
        return counts[signal]
    }

    private var verificationText: (state: String, reason: String?) {
        switch verification {
        case .counted: ("counted", nil)
        case .skipped(let reason): ("skipped", reason)
        case .failed(let reason): ("failed", reason)
        }
    }

    var latencies: [(name: String, latency: Duration?)] {
        [
            ("p50", tally.latency.percentile(0.5)), ("p90", tally.latency.percentile(0.9)),
            ("p99", tally.latency.percentile(0.99)), ("max", tally.latency.count > 0 ? tally.latency.max : nil),
        ]
    }
}

extension JSONWriter {
    /// A figure to three decimals.
    fileprivate mutating func rounded(_ value: Double) { double((value * 1_000).rounded() / 1_000) }

    fileprivate mutating func optional<Value>(_ value: Value?, _ write: (inout JSONWriter, Value) -> Void) {
        if let value { write(&self, value) } else { bytes.append(contentsOf: "null".utf8) }
    }

    fileprivate mutating func counts(_ counts: ItemCounts) {
        open("{")
        members(counts)
        close("}")
    }

    /// With what the store has.
    fileprivate mutating func counts(_ counts: ItemCounts, _ stored: StoredCount?) {
        open("{")
        members(counts)
        key("stored")
        optional(stored?.unique) { $0.integer($1) }
        key("rows")
        optional(stored?.rows) { $0.integer($1) }
        close("}")
    }

    private mutating func members(_ counts: ItemCounts) {
        key("sent")
        integer(counts.sent)
        key("accepted")
        integer(counts.accepted)
        key("rejected")
        integer(counts.rejected)
        key("unknown")
        integer(counts.unknown)
        key("failed")
        integer(counts.failed)
    }
}
