import Recordings
import TelemetryModel
import TraceAnalysis

extension RunProfile {
    /// Operations, their attributes, and the shapes of traces.
    mutating func addSpans(_ recording: Recording, _ limits: ProfileLimits) {
        spanCount = recording.spans.count
        let services = recording.resources.map(\.service)
        var traces: [TraceID: [Int]] = [:]
        var order: [TraceID] = []
        for (index, span) in recording.spans.enumerated() {
            if traces[span.traceID] == nil { order.append(span.traceID) }
            traces[span.traceID, default: []].append(index)
        }
        traceCount = order.count
        var leftOut = 0
        var largeTraces = 0
        for trace in order {
            let spans = (traces[trace] ?? []).map { recording.spans[$0] }
            let keys = spans.map { span in
                OperationKey(
                    service: services.indices.contains(span.resource) ? services[span.resource] : "",
                    operation: span.name)
            }
            var counts: [OperationKey: Int] = [:]
            for (span, key) in zip(spans, keys) {
                guard operations[key] != nil || operations.count < limits.operations else {
                    leftOut += 1
                    continue
                }
                operations[key, default: OperationProfile()].add(span, limits)
                count(span.attributes, at: .span(key), limits)
                counts[key, default: 0] += 1
            }
            let tree = TraceTree(Self.skeleton(spans, keys))
            let root = tree.roots.first.map { row in
                OperationKey(
                    service: tree.skeleton.serviceName(of: Int(row)),
                    operation: tree.skeleton.operationName(of: Int(row)))
            }
            if let root { tracesByRoot[root, default: 0] += 1 }
            for (key, count) in counts {
                operations[key]?.traces += 1
                operations[key]?.squares += Double(count) * Double(count)
                if let root { operations[key]?.tracesByRoot[root, default: 0] += 1 }
            }
            if spans.count <= limits.shapeSpans { shapes.add(tree, limits) } else { largeTraces += 1 }
        }
        for key in operations.keys { operations[key]?.thin(to: limits.samples) }
        if leftOut > 0 {
            notes.append("\(leftOut) spans of operations beyond the first \(limits.operations) are left out")
        }
        if largeTraces > 0 {
            notes.append("the shape of \(largeTraces) traces with more than \(limits.shapeSpans) spans is left out")
        }
        if shapes.leftOut > 0 {
            notes.append("\(shapes.leftOut) traces of shapes beyond the first \(limits.shapes) are left out")
        }
    }

    private static func skeleton(_ spans: [RecordedSpan], _ keys: [OperationKey]) -> TraceSkeleton {
        var serviceNumbers: [String: UInt32] = [:]
        var operationNumbers: [String: UInt32] = [:]
        var skeleton = TraceSkeleton()
        func number(_ name: String, _ numbers: inout [String: UInt32], _ names: inout [String]) -> UInt32 {
            if let number = numbers[name] { return number }
            let number = UInt32(truncatingIfNeeded: names.count)
            numbers[name] = number
            names.append(name)
            return number
        }
        for (span, key) in zip(spans, keys) {
            skeleton.spanIDs.append(span.spanID)
            skeleton.parentIDs.append(span.parentSpanID)
            skeleton.starts.append(Int64(clamping: span.startTime))
            skeleton.durations.append(Int64(clamping: span.duration))
            skeleton.services.append(number(key.service, &serviceNumbers, &skeleton.serviceNames))
            skeleton.operations.append(number(key.operation, &operationNumbers, &skeleton.operationNames))
            skeleton.kinds.append(UInt8(span.kind.rawValue))
            skeleton.statuses.append(UInt8(span.status.rawValue))
        }
        return skeleton
    }
}
