import Codecs
package import TelemetryModel

/// What the shipper says of itself on its port.
package struct LogShipperIdentity: Sendable {
    package var hostName: String
    package var name: String
    /// Stays the same over restarts.
    package var uuid: String
    package var version = "8.11.0"

    package init(hostName: String, name: String, uuid: String) {
        self.hostName = hostName
        self.name = name
        self.uuid = uuid
    }
}

/// The bodies of the statistics port, as Filebeat 8.11 names things ("Configure an HTTP endpoint for metrics").
package struct LogShipperPage: Sendable {
    /// Files that are listed one by one.
    private static let filesMax = 1000

    let identity: LogShipperIdentity
    let statistics: LogShipperStatistics

    package init(_ identity: LogShipperIdentity, _ statistics: LogShipperStatistics) {
        self.identity = identity
        self.statistics = statistics
    }

    /// `GET /`
    package func info(isPretty: Bool) -> [UInt8] {
        var writer = Writer()
        writer.object {
            $0.string("beat", "filebeat")
            $0.string("hostname", identity.hostName)
            $0.string("name", identity.name)
            $0.string("uuid", identity.uuid)
            $0.string("version", identity.version)
        }
        return writer.finish(isPretty)
    }

    /// `GET /stats`
    package func stats(at now: Timestamp, isPretty: Bool) -> [UInt8] {
        let snapshot = statistics.snapshot
        let total = snapshot.total
        var writer = Writer()
        writer.object {
            $0.object("beat") {
                $0.object("handles") { $0.integer("open", snapshot.openFiles) }
                $0.object("info") {
                    $0.string("name", "filebeat")
                    $0.object("uptime") {
                        let uptime = now.nanoseconds &- statistics.startTime.nanoseconds
                        $0.integer("ms", Int(max(0, uptime) / 1_000_000))
                    }
                    $0.string("version", identity.version)
                }
            }
            $0.object("filebeat") {
                $0.object("events") {
                    $0.integer("active", snapshot.active)
                    $0.integer("added", total.events)
                    $0.integer("done", total.acknowledged + total.rejected + total.dropped)
                }
                $0.object("harvester") {
                    $0.integer("closed", snapshot.filesClosed)
                    $0.integer("open_files", snapshot.openFiles)
                    $0.integer("running", snapshot.openFiles)
                    $0.integer("skipped", 0)
                    $0.integer("started", snapshot.filesStarted)
                }
                $0.object("input") {
                    $0.object("log") { $0.object("files") { $0.integer("truncated", total.restarts) } }
                }
            }
            libbeat(snapshot, &$0)
            $0.object("registrar") {
                $0.object("states") {
                    $0.integer("cleanup", snapshot.registryCleanups)
                    $0.integer("current", snapshot.registryEntries)
                    $0.integer("update", snapshot.registryUpdates + total.batches)
                }
                $0.object("writes") {
                    $0.integer("fail", snapshot.registryWriteFailures)
                    $0.integer("success", snapshot.registryWrites)
                    $0.integer("total", snapshot.registryWrites + snapshot.registryWriteFailures)
                }
            }
            own(snapshot, &$0)
        }
        return writer.finish(isPretty)
    }

    private func libbeat(_ snapshot: LogShipperSnapshot, _ writer: inout Writer) {
        let total = snapshot.total
        writer.object("libbeat") {
            $0.object("output") {
                $0.object("events") {
                    $0.integer("acked", total.acknowledged)
                    $0.integer("active", snapshot.active)
                    $0.integer("batches", total.batches)
                    $0.integer("dropped", total.rejected)
                    $0.integer("duplicates", 0)
                    $0.integer("failed", total.retries)
                    $0.integer("toomany", 0)
                    $0.integer("total", total.acknowledged + total.rejected + snapshot.active)
                }
                $0.string("type", "file")
                $0.object("write") { $0.integer("errors", snapshot.processedFailures) }
            }
            $0.object("pipeline") {
                $0.integer("clients", snapshot.openFiles)
                $0.object("events") {
                    $0.integer("active", snapshot.active)
                    $0.integer("dropped", total.rejected)
                    $0.integer("failed", 0)
                    $0.integer("filtered", total.dropped)
                    $0.integer("published", total.records)
                    $0.integer("retry", total.retries)
                    $0.integer("total", total.events)
                }
                $0.object("queue") { $0.integer("acked", total.acknowledged) }
            }
        }
    }

    /// What Filebeat has no name for.
    private func own(_ snapshot: LogShipperSnapshot, _ writer: inout Writer) {
        writer.object("martlet") {
            $0.integer("lag_bytes", snapshot.lagBytes)
            $0.integer("registry_bytes", snapshot.registryBytes)
            $0.integer("processed_lines", snapshot.processedLines)
            counters(snapshot.total, &$0)
            $0.list("files", snapshot.files.prefix(Self.filesMax)) { file, writer in
                writer.string("path", file.path)
                writer.integer("inode", file.inode)
                writer.integer("size", file.size)
                writer.integer("offset", file.offset)
                writer.integer("lag_bytes", file.lagBytes)
                writer.bool("open", file.isOpen)
                counters(file.counters, &writer)
            }
        }
    }

    private func counters(_ counters: LogShipperCounters, _ writer: inout Writer) {
        writer.integer("lines", counters.lines)
        writer.integer("bytes", counters.bytes)
        writer.integer("events", counters.events)
        writer.integer("records", counters.records)
        writer.integer("acknowledged", counters.acknowledged)
        writer.integer("dropped", counters.dropped)
        writer.integer("rejected", counters.rejected)
        writer.integer("truncated", counters.truncated)
        writer.integer("restarts", counters.restarts)
        writer.object("problems") {
            for (name, count) in counters.problems.sorted(by: { $0.key < $1.key }) { $0.integer(name, count) }
        }
    }

    // MARK: JSON

    /// Objects by nested closures.
    struct Writer {
        private var json = JSONWriter()

        mutating func object(_ content: (inout Writer) -> Void) {
            json.open("{")
            content(&self)
            json.close("}")
        }

        mutating func object(_ name: String, _ content: (inout Writer) -> Void) {
            key(name)
            object(content)
        }

        mutating func list<Items: Sequence>(
            _ name: String, _ items: Items, _ content: (Items.Element, inout Writer) -> Void
        ) {
            key(name)
            json.open("[")
            for item in items {
                json.separate()
                object { content(item, &$0) }
            }
            json.close("]")
        }

        mutating func string(_ name: String, _ value: String) {
            key(name)
            json.string(value)
        }

        mutating func integer(_ name: String, _ value: some BinaryInteger) {
            key(name)
            json.integer(value)
        }

        mutating func bool(_ name: String, _ value: Bool) {
            key(name)
            json.bool(value)
        }

        private mutating func key(_ name: String) {
            json.separate()
            json.string(name)
            json.bytes.append(UInt8(ascii: ":"))
        }

        func finish(_ isPretty: Bool) -> [UInt8] { isPretty ? Self.pretty(json.bytes) : json.bytes }

        /// With a line for each member, two spaces deeper for each level.
        private static func pretty(_ bytes: [UInt8]) -> [UInt8] {
            var result: [UInt8] = []
            var depth = 0
            var isInString = false
            var isEscaped = false
            func newLine() {
                result.append(UInt8(ascii: "\n"))
                result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
            }
            for (index, byte) in bytes.enumerated() {
                if isInString {
                    result.append(byte)
                    if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                    isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""):
                    isInString = true
                    result.append(byte)
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    result.append(byte)
                    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                    guard next != UInt8(ascii: "}"), next != UInt8(ascii: "]") else { continue }
                    depth += 1
                    newLine()
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    let last = result.last
                    if last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
                        depth -= 1
                        newLine()
                    }
                    result.append(byte)
                case UInt8(ascii: ","):
                    result.append(byte)
                    newLine()
                case UInt8(ascii: ":"):
                    result.append(byte)
                    result.append(UInt8(ascii: " "))
                default: result.append(byte)
                }
            }
            result.append(UInt8(ascii: "\n"))
            return result
        }
    }
}
