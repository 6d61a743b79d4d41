import QueryEngines
import Codecs

/// A batch of lines as a message of a tail: `{"streams":[…],"dropped_entries":null}`.
enum LokiTailMessage {
    static func text(_ batch: LogTailBatch, categorizesLabels: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            let groups = LokiStreamGroups(batch.streams, batch.entries, categorizesLabels: categorizesLabels).groups
            writer.list("streams", groups) { writer, group in
                writer.key("stream")
                writer.labels(group.labels)
                writer.key("values")
                writer.open("[")
                for index in group.entries {
                    writer.separate()
                    writer.entry(batch.entries[index], categorizesLabels: categorizesLabels)
                }
                writer.close("]")
            }
            writer.key("dropped_entries")
            if batch.dropped == 0 {
                writer.raw("null")
            } else {
                writer.open("[")
                for entry in batch.droppedEntries {
                    writer.separate()
                    writer.object { writer in
                        writer.time("timestamp", entry.time)
                        writer.key("labels")
                        writer.labels(entry.stream)
                    }
                }
                // Clients count these; of lines that nobody knows the stream of there is the number at least.
                let named = batch.droppedEntries.count
                for _ in 0..<max(0, min(batch.dropped, LogTailQueue.droppedMax) - named) {
                    writer.separate()
                    writer.object { writer in
                        writer.time("timestamp", batch.entries.first?.time ?? 0)
                        writer.key("labels")
                        writer.labels([])
                    }
                }
                writer.close("]")
            }
            if categorizesLabels {
                writer.key("encodingFlags")
                writer.list([LokiStreamsAnswer.flag])
            }
        }
        return writer.bytes
    }
}
