import Codecs
import HTTPSurface
import Hummingbird
import Ingest
import TelemetryModel

/// Reads the body of a request that brings telemetry, and unpacks it, all of it within the memory that is shared out.
enum PackedBody {
    /// - Returns: the unpacked bytes, and how many the caller gives back to the budget when it is done with them.
    /// - Throws: `IngestError`; then nothing is taken from the budget.
    static func read(
        _ request: Request, _ compression: BodyCompression, _ sender: Sender, _ limits: OTLPLimits,
        _ budget: MemoryBudget
    ) async throws(IngestError) -> (bytes: [UInt8], reserved: Int) {
        let connection = sender.connection
        let collector = BodyCollector(
            bytesMax: limits.bodyBytesMax, timeLimit: limits.bodyTimeLimit,
            reserve: { budget.reserve($0, for: connection) }, release: { budget.release($0, of: connection) })
        let raw: [UInt8]
        do {
            raw = try await collector.collect(request)
        } catch {
            throw IngestError(body: error)
        }
        if case .none = compression { return (raw, raw.count) }
        defer { budget.release(raw.count, of: connection) }
        var reserved = 0
        do {
            let bytes = try compression.decompress(
                raw, bytesMax: limits.bodyBytesMax, reserved: &reserved,
                reserve: { budget.reserve($0, for: connection) })
            return (bytes, reserved)
        } catch {
            budget.release(reserved, of: connection)
            throw IngestError(decoding: error)
        }
    }
}

extension IngestError {
    init(body error: BodyError) {
        switch error {
        case .tooLarge(let bytesMax):
            self.init(
                kind: .tooLarge, reason: "too_large",
                message: "the body is larger than the limit of \(bytesMax) bytes (otlp.max_body_bytes)")
        case .tooSlow(let limit):
            self.init(
                kind: .timeout, reason: "too_slow",
                message: "the body did not arrive within \(limit.components.seconds) s (otlp.body_timeout)")
        case .noMemory:
            self.init(
                kind: .overloaded, reason: "overloaded",
                message: "the memory for telemetry in work is used up (ingest.memory_bytes)")
        case .incomplete:
            self.init(kind: .invalid, reason: "incomplete", message: "the body ended early")
        }
    }
}
