import Codecs
import TelemetryModel
import TraceAnalysis

/// The views of a trace as JSON. The order of the members is fixed; times since the epoch are strings, since they have
/// more digits than a number of JavaScript.
struct TraceJSON {
    /// Handed over when so many bytes are there, so that a large trace is not kept twice.
    private static let pieceBytes = 1 << 16

    let tree: TraceTree
    var messages: [SpanID: String] = [:]

    /// The spans depth first, as the waterfall shows them: all of them.
    func writeWaterfall(_ piece: ([UInt8]) -> Void) {
        let own = tree.selfTimes()
        var json = JSONWriter()
        json.open("{")
        writeFacts(&json)
        json.key("services")
        json.open("[")
        for index in tree.services {
            json.separate()
            json.string(Int(index) < tree.skeleton.serviceNames.count ? tree.skeleton.serviceNames[Int(index)] : "")
        }
        json.close("]")
        json.key("spans")
        json.open("[")
        for row in tree.depthFirstRows.lazy.map(Int.init) {
            json.separate()
            writeSpan(row, own[row], &json)
            if json.bytes.count > Self.pieceBytes {
                piece(json.bytes)
                // The writer looks at the last byte to set its comma.
                json = JSONWriter()
                json.bytes.append(UInt8(ascii: " "))
            }
        }
        json.close("]")
        json.close("}")
        piece(json.bytes)
    }

    func writeCriticalPath(_ path: CriticalPath, _ piece: ([UInt8]) -> Void) {
        var json = JSONWriter()
        json.open("{")
        writeFacts(&json)
        json.key("criticalPath")
        json.open("{")
        json.key("rootSpanId")
        json.string(path.root.map { tree.skeleton.spanIDs[$0].hex } ?? "")
        json.key("durationNanoseconds")
        json.integer(path.duration)
        json.key("sections")
        json.open("[")
        for section in path.sections {
            json.separate()
            json.open("{")
            writeName(section.row, &json)
            json.key("spanId")
            json.string(tree.skeleton.spanIDs[section.row].hex)
            json.key("fromUnixNano")
            json.quotedInteger(section.from)
            json.key("toUnixNano")
            json.quotedInteger(section.to)
            json.key("durationNanoseconds")
            json.integer(section.duration)
            writeShare(section.duration, path, &json)
            json.close("}")
            if json.bytes.count > Self.pieceBytes {
                piece(json.bytes)
                json = JSONWriter()
                json.bytes.append(UInt8(ascii: " "))
            }
        }
        json.close("]")
        json.key("operations")
        json.open("[")
        for sum in CriticalPathView(tree: tree, path: path, width: 80).sums {
            json.separate()
            json.open("{")
            writeName(sum.row, &json)
            json.key("durationNanoseconds")
            json.integer(sum.time)
            writeShare(sum.time, path, &json)
            json.key("spans")
            json.integer(sum.spans)
            json.close("}")
        }
        json.close("]")
        json.close("}")
        json.close("}")
        piece(json.bytes)
    }

    // MARK: Parts

    private func writeFacts(_ json: inout JSONWriter) {
        json.key("spanCount")
        json.integer(tree.count)
        json.key("serviceCount")
        json.integer(tree.serviceCount)
        json.key("startTimeUnixNano")
        json.quotedInteger(tree.start)
        json.key("durationNanoseconds")
        json.integer(tree.duration)
        json.key("roots")
        json.integer(tree.count(of: .root))
        json.key("errors")
        json.integer(tree.count(of: .error))
        json.key("orphans")
        json.integer(tree.count(of: .orphan))
        json.key("cycleMembers")
        json.integer(tree.count(of: .cycleMember))
        json.key("duplicateIds")
        json.integer(tree.count(of: .duplicateID))
        json.key("clockSkews")
        json.integer(tree.count(of: .clockSkew))
        json.key("negativeDurations")
        json.integer(tree.count(of: .negativeDuration))
    }

    private func writeName(_ row: Int, _ json: inout JSONWriter) {
        json.key("service")
        json.string(tree.skeleton.serviceName(of: row))
        json.key("operation")
        json.string(tree.skeleton.operationName(of: row))
    }

    private func writeShare(_ time: Int64, _ path: CriticalPath, _ json: inout JSONWriter) {
        json.key("share")
        json.double(path.duration > 0 ? Double(time) / Double(path.duration) : 0)
    }

    private func writeSpan(_ row: Int, _ own: Int64, _ json: inout JSONWriter) {
        json.open("{")
        json.key("spanId")
        json.string(tree.skeleton.spanIDs[row].hex)
        json.key("parentSpanId")
        let parent = tree.skeleton.parentIDs[row]
        json.string(parent.isZero ? "" : parent.hex)
        writeName(row, &json)
        json.key("depth")
        json.integer(tree.depths[row])
        json.key("kind")
        json.integer(tree.skeleton.kinds[row])
        json.key("status")
        json.integer(tree.skeleton.statuses[row])
        if let message = messages[tree.skeleton.spanIDs[row]], !message.isEmpty {
            json.key("statusMessage")
            json.string(message)
        }
        json.key("startTimeUnixNano")
        json.quotedInteger(tree.skeleton.starts[row])
        json.key("durationNanoseconds")
        json.integer(tree.skeleton.durations[row])
        json.key("selfNanoseconds")
        json.integer(own)
        json.key("flags")
        json.open("[")
        for name in tree.flags[row].names {
            json.separate()
            json.string(name)
        }
        json.close("]")
        json.close("}")
    }
}
