import Codecs
import TraceQL

// Messages of tempo.proto as Go's jsonpb writes them: 64-bit integers are strings, others numbers.

extension JSONWriter {
    /// `"attributes":[{"key":…,"value":{"stringValue":…}}]` under the key; nothing when there are none.
    mutating func attributes(_ key: StaticString, _ attributes: some Sequence<(key: String, value: Value)>) {
        var isOpen = false
        for attribute in attributes {
            if !isOpen {
                self.key(key)
                open("[")
                isOpen = true
            }
            separate()
            self.attribute(attribute.key, attribute.value)
        }
        if isOpen { close("]") }
    }

    /// `{"key":…,"value":{…}}`
    mutating func attribute(_ name: String, _ value: Value) {
        open("{")
        key("key")
        string(name)
        key("value")
        anyValue(value)
        close("}")
    }

    /// An `AnyValue` as Tempo makes it of TraceQL's values: durations, states and kinds are texts, a missing value the
    /// text `nil`.
    mutating func anyValue(_ value: Value) {
        open("{")
        switch value {
        case .none: text("nil")
        case .string(let value): text(value)
        case .duration(let nanoseconds): text(TempoDuration.print(nanoseconds))
        case .status(let status): text(status.rawValue)
        case .kind(let kind): text(kind.rawValue)
        case .int(let value):
            key("intValue")
            quotedInteger(value)
        case .double(let value):
            key("doubleValue")
            double(value)
        case .bool(let value):
            key("boolValue")
            bool(value)
        case .list(let values):
            key("arrayValue")
            open("{")
            key("values")
            open("[")
            for value in values {
                separate()
                anyValue(value)
            }
            close("]")
            close("}")
        }
        close("}")
    }

    private mutating func text(_ value: String) {
        key("stringValue")
        string(value)
    }

    mutating func texts(_ key: StaticString, _ values: [String]) {
        self.key(key)
        open("[")
        for value in values {
            separate()
            string(value)
        }
        close("]")
    }

    /// `"metrics":{…}` of an answer that is whole: one job of one.
    ///
    /// Grafana refuses an answer with a key that it does not know, so these are all keys of old.
    mutating func searchMetrics(inspectedTraces: Int? = nil, inspectedSpans: Int? = nil) {
        key("metrics")
        open("{")
        if let inspectedTraces {
            key("inspectedTraces")
            integer(UInt32(clamping: inspectedTraces))
        }
        key("completedJobs")
        integer(1)
        key("totalJobs")
        integer(1)
        if let inspectedSpans {
            key("inspectedSpans")
            quotedInteger(inspectedSpans)
        }
        close("}")
    }
}
