package import TelemetryModel

/// Makes log records of the events of a source: decodes, recognises the format, reads ids and fields, and runs the
/// processors.
///
/// A pure value: the same event, source and time of reading give the same records. An event of white space gives none.
package struct LineProcessor: Sendable {
    private let options: LineProcessorOptions
    private let processors: ProcessorChain

    /// - Throws: `LogProcessingError` when a processor's configuration is wrong.
    package init(_ options: LineProcessorOptions) throws {
        self.options = options
        processors = try ProcessorChain(options.processors)
    }

    /// - Parameter readTime: the observed time of the records, and what years of texts without one are judged by.
    package func process(_ event: AssembledEvent, source: LogSource, readTime: Timestamp) -> ProcessedEvent {
        var problems: [LogProblem] = []
        let text = text(of: event, encoding: source.encoding ?? options.encoding, problems: &problems)
        guard !text.utf8.allSatisfy({ $0 <= 0x20 && $0 != 0 }) else {
            return ProcessedEvent(.drafts([]), problems: problems)
        }
        var reader = FormatReader(format: options.format, zone: options.zone, readTime: readTime)
        var drafts = reader.read(text)
        problems += reader.problems
        if event.isTruncated { problems.append(LogProblem("truncated")) }

        var kept = 0
        var reason = ""
        for index in drafts.indices {
            finish(&drafts[index], of: event, text: text, source: source)
            if !processors.isEmpty {
                switch processors.run(&drafts[index], zone: options.zone, readTime: readTime, problems: &problems) {
                case .keep: break
                case .drop(let name):
                    reason = name
                    continue
                }
            }
            if kept != index { drafts.swapAt(kept, index) }
            kept += 1
        }
        guard kept > 0 || drafts.isEmpty else {
            return ProcessedEvent(.dropped(reason: reason), problems: problems)
        }
        drafts.removeLast(drafts.count - kept)
        return ProcessedEvent(.drafts(drafts), problems: problems)
    }

    private func text(of event: AssembledEvent, encoding: TextEncoding, problems: inout [LogProblem]) -> String {
        var repairs = 0
        var text = event.bytes.withUnsafeBufferPointer { TextDecoder.decode($0, encoding, repairs: &repairs) }
        if repairs > 0 { problems.append(LogProblem("invalid_text", count: repairs)) }
        while let last = text.utf8.last, last == 0x0D || last == 0x0A { text.unicodeScalars.removeLast() }
        if event.lines > 1, text.utf8.contains(0x0D) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            for byte in text.utf8 {
                if byte == 0x0A, bytes.last == 0x0D { bytes.removeLast() }
                bytes.append(byte)
            }
            text = String(decoding: bytes, as: UTF8.self)
        }
        return text
    }

    /// What all formats have in common: ids and fields in the text, the resource, the place in the file.
    private func finish(_ draft: inout LogDraft, of event: AssembledEvent, text: String, source: LogSource) {
        var service: LogValue?
        if let place = draft.attributes.firstIndex(where: { $0.name == "service.name" }) {
            service = draft.attributes.remove(at: place).value
        }
        if draft.resource.isEmpty {
            draft.resource = source.resource
            if let service { draft.resource[0].value = service }
        } else {
            // A record of OTLP brought its resource along.
            for attribute in source.resource where !draft.resource.contains(where: { $0.name == attribute.name }) {
                draft.resource.append(attribute)
            }
        }
        TextFields.read(&draft, isSpacetime: draft.isOfService("spacetimedb"))
        if !source.path.isEmpty {
            draft["log.offset"] = .int(Int64(event.start))
            if let inode = source.inodeText { draft["log.file.inode"] = .string(inode) }
        }
        if event.lines > 1 || event.isTruncated {
            // As in Filebeat.
            var flags: [LogValue] = []
            if event.lines > 1 { flags.append(.string("multiline")) }
            if event.isTruncated { flags.append(.string("truncated")) }
            draft["log.flags"] = .list(flags)
        }
        if options.keepsOriginal, draft["log.record.original"] == nil {
            draft.attributes.append(LogAttribute("log.record.original", .string(text)))
        }
    }
}

extension LogDraft {
    func isOfService(_ name: String) -> Bool {
        resource.first { $0.name == "service.name" }?.value == .string(name)
    }
}
