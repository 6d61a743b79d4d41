import LogProcessing
import TelemetryModel

extension TailingWork {
    /// A line for the file's assembler, and the events that it completes for the batch.
    func take(
        _ line: UnsafeRawBufferPointer, start: Int, end: Int, _ file: FollowedFile, _ breaks: LineBreaks
    ) {
        file.counters.lines += 1
        snapshot.total.lines += 1
        let limit = options.inputs[file.input].lineBytesMax + ReadBuffer.lineSlack
        let line =
            line.count > limit
            ? UnsafeRawBufferPointer(rebasing: line[..<(limit - limit % breaks.width)]) : breaks.trimmed(line)
        let events = file.reader?.assembler.add(line: [UInt8](line), start: start, end: end) ?? []
        for event in events { add(event, file) }
    }

    /// Gives out the pending event.
    func flush(_ file: FollowedFile) {
        if let event = file.reader?.assembler.flush() { add(event, file) }
    }

    private func add(_ event: AssembledEvent, _ file: FollowedFile) {
        guard let reader = file.reader else { return }
        let readTime = nextReadTime()
        let processed = reader.processor.process(event, source: reader.source, readTime: readTime)
        var counters = LogShipperCounters()
        counters.events = 1
        if event.isTruncated { counters.truncated = 1 }
        if case .dropped = processed.outcome { counters.dropped = 1 }
        for problem in processed.problems { counters.problems[problem.name, default: 0] += problem.count }
        counters.records = processed.drafts.count
        file.counters.add(counters)
        snapshot.total.add(counters)

        // Committed is up to the end of the batch before; batches of this round are not yet.
        if file.batches.isEmpty || isFull(file.batches[file.batches.count - 1], with: event) {
            closeBatch(of: file)
            let start = file.batches.last?.end ?? registry[file.identity]?.offset ?? event.start
            file.batches.append(FileBatch(identity: file.identity, source: reader.source, start: start))
        }
        let last = file.batches.count - 1
        for var draft in processed.drafts {
            // Whatever processors did: by these a batch is known again.
            draft["log.offset"] = .int(Int64(event.start))
            draft["log.file.inode"] = .int(Int64(truncatingIfNeeded: file.identity.inode))
            if event.isTruncated, draft["log.flags"] == nil {
                draft["log.flags"] = .list([.string("truncated")])
            }
            file.batches[last].drafts.append(draft)
        }
        file.batches[last].ends.append((event.end, file.batches[last].drafts.count))
        file.batches[last].textBytes += event.bytes.count
        file.batches[last].end = event.end
    }

    private func isFull(_ batch: FileBatch, with event: AssembledEvent) -> Bool {
        batch.ends.count >= options.batchEventsMax
            || (!batch.ends.isEmpty && batch.textBytes + event.bytes.count > options.batchBytesMax)
    }

    /// Notes the fingerprint of where the last batch ends, while the bytes before are at hand.
    func closeBatch(of file: FollowedFile) {
        guard let batch = file.batches.last else { return }
        let end = batch.end
        let tail: Fingerprint
        if file.state.scannedTo == nil, end == file.state.lineStart {
            tail = file.state.tail
        } else if let known = buffer.tail(before: end) {
            tail = known
        } else {
            let bytes = min(end, Fingerprint.tailBytesMax)
            tail = file.file.flatMap { Fingerprint(of: $0, at: end - bytes, bytes: bytes) } ?? .empty
        }
        file.batches[file.batches.count - 1].tail = tail
    }
}
