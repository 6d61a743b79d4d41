import PrometheusModel
import TelemetryModel

/// The two messages of Prometheus Remote-Write.
package enum RemoteWriteVersion: Sendable {
    /// `prometheus.WriteRequest`
    case one
    /// `io.prometheus.write.v2.Request`
    case two
}

/// What a request brought, for the answer's `X-Prometheus-Remote-Write-…-Written`.
package struct RemoteWriteCounts: Sendable, Equatable {
    package var samples = 0
    package var histograms = 0
    package var exemplars = 0

    package init() {}
}

extension ColumnAppender {
    /// Appends a remote write request, which is not compressed any more, reading it in place.
    ///
    /// - Parameter seesConflicts: another value for the newest time of a series refuses the request, as Prometheus does
    ///   ("duplicate sample for timestamp"). Not when a log is read again: what is in it was accepted.
    /// - Throws: `.malformed`, `.tooDeep`, `.tooLarge`, and then nothing of the request is left.
    /// - Spec: Prometheus Remote-Write 1.0 and 2.0.
    package mutating func append(
        remoteWrite body: UnsafeBufferPointer<UInt8>, _ version: RemoteWriteVersion, seesConflicts: Bool
    ) throws(DecodeError) {
        let mark = batch.mark
        wire.messages = 0
        wire.nextCheck = WireScratch.messagesBetweenChecks
        wire.bytesMax = batch.byteCount + Limits.columnBytes(ofBody: body.count)
        var request = RemoteWriteRequest(version: version, seesConflicts: seesConflicts)
        var cursor = WireCursor(body)
        switch version {
        case .one: appendRequest1(&cursor, &request)
        case .two: appendRequest2(&cursor, &request)
        }
        remoteWrite.symbols.removeAll(keepingCapacity: true)
        remoteWrite.labels.removeAll(keepingCapacity: true)
        if wire.messages > Limits.messagesPerRequest { cursor.fail(.tooLarge) }
        guard cursor.failure == .none, request.problem == nil else {
            batch.truncate(to: mark)
            throw request.problem ?? DecodeError(remoteWrite: cursor.failure)
        }
        outcome.remoteWrite = request.counts
    }

    // MARK: 1.0

    private mutating func appendRequest1(_ cursor: inout WireCursor, _ request: inout RemoteWriteRequest) {
        while !cursor.isAtEnd, request.problem == nil {
            let tag = cursor.tag()
            switch tag {
            case 0x0A:
                count(&cursor)
                var series = cursor.message()
                appendSeries1(&series, &request)
                cursor.absorb(series)
            case 0x1A:
                count(&cursor)
                var metadata = cursor.message()
                appendMetadata1(&metadata)
                cursor.absorb(metadata)
            default: cursor.skip(tag, level: 1)
            }
        }
    }

    private mutating func appendSeries1(_ cursor: inout WireCursor, _ request: inout RemoteWriteRequest) {
        var key = StableHash()
        key.combine(wire.seriesIDs.seed ^ 1)
        remoteWrite.labels.removeAll(keepingCapacity: true)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: 2)
                continue
            }
            var label = cursor.message()
            var (name, value) = (WireCursor.noBytes, WireCursor.noBytes)
            while !label.isAtEnd {
                let tag = label.tag()
                switch tag {
                case 0x0A: name = label.string()
                case 0x12: value = label.string()
                default: label.skip(tag, level: 3)
                }
            }
            key.combine(UnsafeRawBufferPointer(name))
            key.combine(UnsafeRawBufferPointer(value))
            remoteWrite.labels.append((name, value))
            cursor.absorb(label)
        }
        guard cursor.failure == .none, hasPoints(cursor.restarted) else { return }
        guard let series = remoteSeriesID(key.finalize(), MetricMetadata(), &request) else { return }
        appendPoints(cursor.restarted, &cursor, series, startTime: 0, &request)
    }

    private mutating func appendMetadata1(_ cursor: inout WireCursor) {
        var type: UInt64 = 0
        var (name, help, unit) = (WireCursor.noBytes, WireCursor.noBytes, WireCursor.noBytes)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x08: type = cursor.varint()
            case 0x12: name = cursor.string()
            case 0x22: help = cursor.string()
            case 0x2A: unit = cursor.string()
            default: cursor.skip(tag, level: 2)
            }
        }
        guard cursor.failure == .none, !name.isEmpty else { return }
        var hash = StableHash()
        hash.combine("metadata")
        hash.combine(UnsafeRawBufferPointer(name))
        hash.combine(type)
        hash.combine(UnsafeRawBufferPointer(help))
        hash.combine(UnsafeRawBufferPointer(unit))
        outcome.accepted += 1
        // Senders repeat all of it each minute; once a day is enough.
        guard references.isNew(hash.finalize()) else { return }
        let rows = batch.metadata
        rows.receivedTime.append(receivedTime)
        rows.name.append(String(decoding: name, as: UTF8.self))
        rows.type.append(MetricType(remoteWrite: type).rawValue)
        rows.unit.append(String(decoding: unit, as: UTF8.self))
        rows.description.append(String(decoding: help, as: UTF8.self))
    }

    // MARK: 2.0

    private mutating func appendRequest2(_ cursor: inout WireCursor, _ request: inout RemoteWriteRequest) {
        remoteWrite.symbols.removeAll(keepingCapacity: true)
        remoteWrite.symbolHashes.removeAll(keepingCapacity: true)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x22 else {
                cursor.skip(tag, level: 1)
                continue
            }
            count(&cursor)
            let symbol = cursor.string()
            var hash = StableHash()
            hash.combine(UnsafeRawBufferPointer(symbol))
            remoteWrite.symbols.append(symbol)
            remoteWrite.symbolHashes.append(hash.finalize())
        }
        guard cursor.failure == .none else { return }
        if let first = remoteWrite.symbols.first, !first.isEmpty {
            request.problem = DecodeError(code: .malformed, message: "the first symbol is not empty")
            return
        }
        var series = cursor.restarted
        while !series.isAtEnd, request.problem == nil {
            let tag = series.tag()
            guard tag == 0x2A else {
                series.skip(tag, level: 1)
                continue
            }
            count(&series)
            var message = series.message()
            appendSeries2(&message, &request)
            series.absorb(message)
        }
        cursor.absorb(series)
    }

    private mutating func appendSeries2(_ cursor: inout WireCursor, _ request: inout RemoteWriteRequest) {
        var key = StableHash()
        key.combine(wire.seriesIDs.seed ^ 2)
        remoteWrite.references.removeAll(keepingCapacity: true)
        var startTime: Int64 = 0
        var (type, help, unit): (UInt64, Int, Int) = (0, 0, 0)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x08: reference(cursor.varint(), &key, &request)
            case 0x0A:
                var packed = cursor.message()
                while !packed.isAtEnd { reference(packed.varint(), &key, &request) }
                cursor.absorb(packed)
            case 0x2A:
                var metadata = cursor.message()
                while !metadata.isAtEnd {
                    let tag = metadata.tag()
                    switch tag {
                    case 0x08: type = metadata.varint()
                    case 0x18: help = Int(truncatingIfNeeded: metadata.varint())
                    case 0x20: unit = Int(truncatingIfNeeded: metadata.varint())
                    default: metadata.skip(tag, level: 3)
                    }
                }
                cursor.absorb(metadata)
            // `created_timestamp` of the drafts before samples had a start of their own.
            case 0x30: startTime = Int64(bitPattern: cursor.varint())
            default: cursor.skip(tag, level: 2)
            }
        }
        guard cursor.failure == .none, request.problem == nil, hasPoints(cursor.restarted) else { return }
        guard remoteWrite.references.count % 2 == 0, remoteWrite.symbols.indices.contains(help) || help == 0,
            remoteWrite.symbols.indices.contains(unit) || unit == 0
        else {
            request.problem = DecodeError(
                code: .malformed, message: "references to symbols are not pairs, or out of range")
            return
        }
        remoteWrite.labels.removeAll(keepingCapacity: true)
        for index in stride(from: 0, to: remoteWrite.references.count, by: 2) {
            remoteWrite.labels.append(
                (
                    remoteWrite.symbols[remoteWrite.references[index]],
                    remoteWrite.symbols[remoteWrite.references[index + 1]]
                ))
        }
        key.combine(type)
        if help > 0 { key.combine(remoteWrite.symbolHashes[help]) }
        if unit > 0 { key.combine(remoteWrite.symbolHashes[unit]) }
        let finished = key.finalize()
        let series: UInt64
        if let known = wire.seriesIDs.id(of: finished) {
            series = known
        } else {
            func text(_ index: Int) -> String {
                index > 0 ? String(decoding: remoteWrite.symbols[index], as: UTF8.self) : ""
            }
            let metadata = MetricMetadata(type: MetricType(remoteWrite: type), help: text(help), unit: text(unit))
            guard let made = remoteSeriesID(finished, metadata, &request) else { return }
            series = made
        }
        appendPoints(cursor.restarted, &cursor, series, startTime: startTime, &request)
    }

    @inline(__always)
    private mutating func reference(_ value: UInt64, _ key: inout StableHash, _ request: inout RemoteWriteRequest) {
        guard value < UInt64(remoteWrite.symbols.count) else {
            request.problem = DecodeError(
                code: .malformed,
                message: "reference \(value) is out of range of \(remoteWrite.symbols.count) symbols")
            return
        }
        key.combine(remoteWrite.symbolHashes[Int(value)])
        remoteWrite.references.append(Int(value))
    }

    // MARK: Series and points

    /// A series without any would be kept and never be asked for.
    private func hasPoints(_ start: WireCursor) -> Bool {
        var cursor = start
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            // Samples, and histograms and exemplars of both versions.
            if [0x12, 0x1A, 0x22].contains(tag) { return true }
            cursor.skip(tag, level: 2)
        }
        return false
    }

    /// The id of the series whose labels are in `remoteWrite.labels`; nil when they are not valid.
    private mutating func remoteSeriesID(
        _ key: UInt64, _ metadata: MetricMetadata, _ request: inout RemoteWriteRequest
    ) -> UInt64? {
        if let known = wire.seriesIDs.id(of: key) { return known }
        var entries: [Label] = []
        for (name, value) in remoteWrite.labels {
            entries.append(Label(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        let names = entries.map(\.name)
        let problem: String? =
            names.contains("")
            ? "a label has no name"
            : Set(names).count < names.count
                ? "a label name occurs twice"
                : !entries.contains { $0.name == Labels.nameLabel && !$0.value.isEmpty }
                    ? "a series has no metric name" : nil
        if let problem {
            request.problem = DecodeError(code: .malformed, message: "invalid labels: \(problem)")
            return nil
        }
        let id = seriesID(Labels(entries), metadata: metadata)
        wire.seriesIDs.insert(key, id: id)
        return id
    }

    /// The id of a series in Prometheus' terms, which is appended when the store does not have it with this metadata.
    mutating func seriesID(_ labels: Labels, metadata: MetricMetadata) -> UInt64 {
        var hash = StableHash()
        hash.combine("prometheus")
        for label in labels.entries {
            hash.combine(label.name)
            hash.combine(label.value)
        }
        let id = hash.finalize(besideOthersNamed: labels.metricName)
        hash.combine(metadata.type.rawValue)
        hash.combine(metadata.help)
        hash.combine(metadata.unit)
        guard references.isNew(hash.finalize()) else { return id }
        appendSeries(id, .prometheus, labels, metadata)
        return id
    }

    /// The id under which the native histograms of a series stand.
    package static func nativeSeriesID(of series: UInt64) -> UInt64 {
        var hash = StableHash()
        hash.combine("native")
        hash.combine(series)
        // Beside the series' own id.
        return (series >> 56) << 56 | hash.finalize() >> 8
    }

    /// The same, which is appended when the store does not have it.
    private mutating func nativeID(of series: UInt64) -> UInt64 {
        let id = Self.nativeSeriesID(of: series)
        guard references.isNew(id) else { return id }
        let entries = remoteWrite.labels.map {
            Label(String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
        }
        appendSeries(id, .prometheusNative, Labels(entries), MetricMetadata(type: .histogram))
        return id
    }

    /// The id of a `target_info` of Martlet's making, which is appended when the store does not have it.
    mutating func targetID(_ labels: Labels) -> UInt64 {
        var hash = StableHash()
        hash.combine("target")
        for label in labels.entries {
            hash.combine(label.name)
            hash.combine(label.value)
        }
        let id = hash.finalize(besideOthersNamed: labels.metricName)
        guard references.isNew(id) else { return id }
        appendSeries(id, .target, labels, MetricMetadata(type: .info, help: "Target metadata"))
        return id
    }

    private mutating func appendSeries(_ id: UInt64, _ form: SeriesForm, _ labels: Labels, _ metadata: MetricMetadata) {
        let rows = batch.series
        rows.id.append(id)
        rows.receivedTime.append(receivedTime)
        rows.form.append(form.rawValue)
        rows.name.append(labels.metricName)
        rows.type.append(metadata.type.rawValue)
        rows.unit.append(metadata.unit)
        rows.description.append(metadata.help)
        rows.temporality.append(0)
        rows.isMonotonic.append(0)
        // A target is nothing that its service has sent.
        rows.service.append(form == .target ? "" : labels["job"])
        rows.resourceID.append(0)
        rows.scopeID.append(0)
        let attributes = rows.attributes
        var count = 0
        for label in labels.entries where label.name != Labels.nameLabel {
            attributes.text.keys.append(label.name)
            attributes.text.values.append(label.value)
            count += 1
        }
        attributes.text.closeRow()
        attributes.numbers.closeRow()
        let types = [UInt8](repeating: AttributeType.string.rawValue, count: count)
        types.withUnsafeBufferPointer { attributes.types.append(utf8: $0) }
        rows.metadata.closeRow()
    }

    /// Samples, histograms and exemplars of a series; their fields have the same numbers in both versions but for
    /// exemplars (3 and 4) and histograms (4 and 3).
    private mutating func appendPoints(
        _ start: WireCursor, _ outer: inout WireCursor, _ series: UInt64, startTime: Int64,
        _ request: inout RemoteWriteRequest
    ) {
        var cursor = start
        let histogramTag: UInt32 = request.version == .one ? 0x22 : 0x1A
        let exemplarTag: UInt32 = request.version == .one ? 0x1A : 0x22
        while !cursor.isAtEnd, request.problem == nil {
            let tag = cursor.tag()
            switch tag {
            case 0x12:
                count(&cursor)
                var sample = cursor.message()
                appendSample(&sample, series, startTime, &request)
                cursor.absorb(sample)
            case histogramTag:
                count(&cursor)
                var histogram = cursor.message()
                appendHistogram(&histogram, series, startTime, &request)
                cursor.absorb(histogram)
            case exemplarTag:
                count(&cursor)
                var exemplar = cursor.message()
                appendExemplar(&exemplar, series, &request)
                cursor.absorb(exemplar)
            default: cursor.skip(tag, level: 2)
            }
        }
        outer.absorb(cursor)
    }

    private mutating func appendSample(
        _ cursor: inout WireCursor, _ series: UInt64, _ startTime: Int64, _ request: inout RemoteWriteRequest
    ) {
        var value = 0.0
        var (time, start): (Int64, Int64) = (0, startTime)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x09: value = cursor.double()
            case 0x10: time = Int64(bitPattern: cursor.varint())
            case 0x18: start = Int64(bitPattern: cursor.varint())
            default: cursor.skip(tag, level: 3)
            }
        }
        guard cursor.failure == .none, accept(time, &request) else { return }
        if request.seesConflicts { touchesValues = true }
        if request.seesConflicts, remoteWrite.lastSamples.conflicts(series, time: time, value: value) {
            request.problem = DecodeError(
                code: .malformed, message: "duplicate sample for timestamp: a series has another value at \(time)")
            return
        }
        appendSample(
            series, time: Timestamp(clampingMilliseconds: time), startTime: Timestamp(clampingMilliseconds: start),
            value: value)
        request.counts.samples += 1
        outcome.accepted += 1
    }

    /// Appends a sample of a series in Prometheus' terms.
    @inline(__always)
    mutating func appendSample(_ series: UInt64, time: Timestamp, startTime: Timestamp, value: Double) {
        let rows = batch.samples
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(time.hours)
        rows.time.append(time)
        rows.startTime.append(startTime)
        rows.value.append(value)
        rows.intValue.append(0)
        rows.valueKind.append(NumberKind.double.rawValue)
        rows.flags.append(0)
        rows.total.append(0)
    }

    private mutating func appendHistogram(
        _ cursor: inout WireCursor, _ series: UInt64, _ startTime: Int64, _ request: inout RemoteWriteRequest
    ) {
        guard let message = WireNativeHistogram(&cursor, startTime: startTime), accept(message.time, &request) else {
            return
        }
        guard message.isConsistent else { return outcome.reject(.invalidHistogram) }
        append(
            message.value, to: batch.nativeHistograms, series: nativeID(of: series),
            time: Timestamp(clampingMilliseconds: message.time),
            startTime: Timestamp(clampingMilliseconds: message.startTime))
        request.counts.histograms += 1
        outcome.accepted += 1
    }

    private mutating func appendExemplar(
        _ cursor: inout WireCursor, _ series: UInt64, _ request: inout RemoteWriteRequest
    ) {
        var value = 0.0
        var time: Int64 = 0
        var names: [(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)] = []
        var references: [Int] = []
        func note(_ reference: UInt64, _ symbols: Int) {
            references.append(reference < UInt64(symbols) ? Int(reference) : -1)
        }
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch (tag, request.version) {
            case (0x0A, .one):
                var label = cursor.message()
                var pair = (name: WireCursor.noBytes, value: WireCursor.noBytes)
                while !label.isAtEnd {
                    let tag = label.tag()
                    switch tag {
                    case 0x0A: pair.name = label.string()
                    case 0x12: pair.value = label.string()
                    default: label.skip(tag, level: 4)
                    }
                }
                names.append(pair)
                cursor.absorb(label)
            case (0x08, .two): note(cursor.varint(), remoteWrite.symbols.count)
            case (0x0A, .two):
                var packed = cursor.message()
                while !packed.isAtEnd { note(packed.varint(), remoteWrite.symbols.count) }
                cursor.absorb(packed)
            case (0x11, _): value = cursor.double()
            case (0x18, _): time = Int64(bitPattern: cursor.varint())
            default: cursor.skip(tag, level: 3)
            }
        }
        guard cursor.failure == .none else { return }
        guard !references.contains(-1), references.count % 2 == 0 else {
            request.problem = DecodeError(code: .malformed, message: "an exemplar's reference is out of range")
            return
        }
        for index in stride(from: 0, to: references.count, by: 2) {
            names.append((remoteWrite.symbols[references[index]], remoteWrite.symbols[references[index + 1]]))
        }
        appendExemplar(
            of: series,
            labels: names.map { (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self)) },
            value: value, time: Timestamp(clampingMilliseconds: time))
        request.counts.exemplars += 1
        outcome.accepted += 1
    }

    private mutating func appendExemplar(
        of series: UInt64, labels: [(name: String, value: String)], value: Double, time: Timestamp
    ) {
        let rows = batch.exemplars
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.time.append(time)
        rows.pointTime.append(time)
        rows.value.append(value)
        rows.intValue.append(0)
        rows.valueKind.append(NumberKind.double.rawValue)
        var traceID = TraceID.zero
        var spanID = SpanID.zero
        var types: [UInt8] = []
        for (name, value) in labels {
            if name == "trace_id", value.utf8.count == 32, let id = TraceID(hex: value) {
                traceID = id
            } else if name == "span_id", value.utf8.count == 16,
                let id = Hex.decode(value, paddedTo: 8).flatMap({ SpanID(bytes: $0) })
            {
                spanID = id
            } else {
                rows.attributes.text.keys.append(name)
                rows.attributes.text.values.append(value)
                types.append(AttributeType.string.rawValue)
            }
        }
        rows.traceID.append(StoredTraceID(traceID))
        rows.spanID.append(StoredSpanID(spanID))
        rows.attributes.text.closeRow()
        rows.attributes.numbers.closeRow()
        types.withUnsafeBufferPointer { rows.attributes.types.append(utf8: $0) }
    }

    /// A sample from the far future would hide all that comes after it; Prometheus refuses ten minutes and more, too.
    @inline(__always)
    private func accept(_ time: Int64, _ request: inout RemoteWriteRequest) -> Bool {
        guard time > receivedTime.milliseconds &+ RemoteWriteRequest.futureMax else { return true }
        request.problem = DecodeError(
            code: .malformed, message: "out of bounds: a sample is more than ten minutes in the future")
        return false
    }
}

/// State of one request.
struct RemoteWriteRequest {
    let version: RemoteWriteVersion
    let seesConflicts: Bool
    var problem: DecodeError?
    var counts = RemoteWriteCounts()

    /// Milliseconds.
    static let futureMax: Int64 = 600_000

    init(version: RemoteWriteVersion, seesConflicts: Bool) {
        self.version = version
        self.seesConflicts = seesConflicts
    }
}

extension WireCursor {
    static var noBytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }
}

extension MetricType {
    /// The enumeration of both versions.
    init(remoteWrite number: UInt64) {
        switch number {
        case 1: self = .counter
        case 2: self = .gauge
        case 3: self = .histogram
        case 4: self = .gaugehistogram
        case 5: self = .summary
        case 6: self = .info
        case 7: self = .stateset
        default: self = .unknown
        }
    }
}

extension DecodeError {
    init(remoteWrite failure: WireCursor.Failure) {
        switch failure {
        case .malformed, .none:
            self.init(code: .malformed, message: "the body is not a valid remote write message")
        default: self.init(wire: failure)
        }
    }
}
