package import Codecs
package import Logging
import ServiceLifecycle
package import TelemetryModel
package import TelemetryStore

/// Takes telemetry in: decode, check, collect, store, acknowledge.
///
/// Called by every receiver, from any task. The contract that receivers rely on: `admit` returns `.acknowledged` only
/// when the request's rows are stored durably. A refused request leaves nothing behind, with one exception: a store that
/// fails between two tables of one block, twice, may keep what the first of them took.
package final class IngestPipeline: Service {
    /// Reserved by receivers while they collect a body.
    package let budget: MemoryBudget
    private let queues: [Signal: SignalQueue]
    private let events: IngestEvents

    package init(store: TelemetryStore, limits: IngestLimits, logger: Logger) {
        let budget = MemoryBudget(bytesMax: limits.memoryBytes)
        let events = IngestEvents(logger: logger)
        self.budget = budget
        self.events = events
        queues = Dictionary(
            uniqueKeysWithValues: Signal.allCases.map { signal in
                (signal, SignalQueue(signal, store: store, limits: limits, budget: budget, events: events))
            })
    }

    /// Decodes and stores a request; see the contract above. An empty request is acknowledged.
    package func admit(_ request: IngestRequest) async -> AdmitResult {
        do {
            let outcome = try await store(request)
            events.acknowledged(request, outcome)
            return .acknowledged(outcome)
        } catch {
            events.refused(request.signal, error)
            return .refused(error)
        }
    }

    /// Counts a request that a receiver refused before its body could be decoded.
    package func refuse(_ signal: Signal, _ error: IngestError) {
        events.refused(signal, error)
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for queue in queues.values {
                group.addTask { await queue.run() }
            }
            // Cancelled when another service fails: then the queues must end, too.
            await withTaskCancellationOrGracefulShutdownHandler {
                await group.waitForAll()
            } onCancelOrGracefulShutdown: {
                for queue in self.queues.values { queue.close() }
            }
        }
    }

    private func store(_ request: IngestRequest) async throws(IngestError) -> AppendOutcome {
        var repairs = RepairCounts()
        let append: (inout ColumnAppender) -> Void
        do {
            switch (request.signal, request.encoding) {
            case (.traces, .protobuf):
                let message = try OTLPProtobufDecoder.decodeTraces(request.body)
                append = { $0.append(message) }
            case (.metrics, .protobuf):
                let message = try OTLPProtobufDecoder.decodeMetrics(request.body)
                append = { $0.append(message) }
            case (.logs, .protobuf):
                let message = try OTLPProtobufDecoder.decodeLogs(request.body)
                append = { $0.append(message) }
            case (.traces, .json):
                let message = try OTLPJSONDecoder.decodeTraces(request.body, repairs: &repairs)
                append = { $0.append(message) }
            case (.metrics, .json):
                let message = try OTLPJSONDecoder.decodeMetrics(request.body, repairs: &repairs)
                append = { $0.append(message) }
            case (.logs, .json):
                let message = try OTLPJSONDecoder.decodeLogs(request.body, repairs: &repairs)
                append = { $0.append(message) }
            }
        } catch {
            throw IngestError(decoding: error)
        }
        guard let queue = queues[request.signal] else {
            throw IngestError(kind: .internal, reason: "no_queue", message: "no queue for \(request.signal.rawValue)")
        }
        do {
            var outcome = try await queue.append(
                receivedTime: request.receivedTime, bytes: request.body.count, append)
            outcome.repairs.merge(repairs)
            return outcome
        } catch let error as IngestError {
            throw error
        } catch {
            throw IngestError(kind: .internal, reason: "internal", message: "\(error)")
        }
    }
}

extension IngestError {
    /// A body that cannot be decoded.
    package init(decoding error: DecodeError) {
        let kind: ErrorKind =
            switch error.code {
            case .tooLarge: .tooLarge
            case .noMemory: .overloaded
            default: .invalid
            }
        self.init(kind: kind, reason: error.code.description, message: error.message)
    }
}
