import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL

/// How one field of a query is read with the rows of `spans`.
struct FieldReading: Sendable {
    enum Form: Sendable {
        /// One text a row, always there: `status_message`.
        case text
        /// Text and type letter: attributes of a span.
        case typed
        /// A list of texts a row: names of events.
        case texts
        /// A list of ids, as lower-case hexadecimal text.
        case identifiers(bytes: Int)
        /// A list of nanoseconds.
        case durations
        /// Lists of texts and letters; an empty letter is an item without the attribute.
        case typedLists
        /// By the id of the resource or scope.
        case referenced(Reference)
        /// The first of several places that has it.
        case first([FieldReading])
    }

    var target: Attribute.Target
    var form: Form
    var outputs: [Expression]

    /// Columns in the statement.
    var width: Int {
        if case .first(let readings) = form { return readings.reduce(0) { $0 + $1.width } }
        return outputs.count
    }

    var allOutputs: [Expression] {
        if case .first(let readings) = form { return readings.flatMap(\.allOutputs) }
        return outputs
    }

    /// Nil for a field that a `SpanTable` has as a member, or computes.
    init?(_ target: Attribute.Target, keys: AttributeKeys) {
        switch target {
        case .attribute(let scope, let key):
            switch scope {
            case .span: self = .span(target, key)
            case .event: self = .nested(target, key, "event")
            case .link: self = .nested(target, key, "link")
            case .resource: self = .referenced(target, .resource)
            case .instrumentation: self = .referenced(target, .scope)
            case .any:
                var places: [FieldReading] = []
                if keys.contains(key, in: .span) { places.append(.span(target, key)) }
                places.append(.referenced(target, .resource))
                places.append(.referenced(target, .scope))
                if keys.contains(key, in: .link) { places.append(.nested(target, key, "link")) }
                if keys.contains(key, in: .event) { places.append(.nested(target, key, "event")) }
                self.init(target: target, form: .first(places), outputs: [])
            }
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .statusMessage: self.init(target: target, form: .text, outputs: [.column("status_message")])
            case .instrumentationName, .instrumentationVersion: self = .referenced(target, .scope)
            case .eventName: self.init(target: target, form: .texts, outputs: [.column("event_names")])
            case .linkTraceID:
                self.init(target: target, form: .identifiers(bytes: 16), outputs: [.column("link_trace_ids")])
            case .linkSpanID:
                self.init(target: target, form: .identifiers(bytes: 8), outputs: [.column("link_span_ids")])
            case .eventTimeSinceStart:
                let since = Expression.call(
                    "minus", .call("toUnixTimestamp64Nano", .column("item")),
                    .call("toUnixTimestamp64Nano", .column("start_time")))
                self.init(
                    target: target, form: .durations,
                    outputs: [.call("arrayMap", .lambda("item", since), .column("event_times"))])
            default: return nil
            }
        }
    }

    private init(target: Attribute.Target, form: Form, outputs: [Expression]) {
        self.target = target
        self.form = form
        self.outputs = outputs
    }

    private static func span(_ target: Attribute.Target, _ key: String) -> FieldReading {
        let map = AttributeMap.ofRow(key, mayBeArray: false)
        return FieldReading(target: target, form: .typed, outputs: [map.value, map.letter ?? .integer(0)])
    }

    private static func nested(_ target: Attribute.Target, _ key: String, _ place: String) -> FieldReading {
        let maps = Expression.column(Identifier("\(place)_attributes"))
        let types = Expression.column(Identifier("\(place)_attribute_types"))
        let map = AttributeMap(key, text: .column("item"), types: nil, numbers: nil, mayBeArray: false)
        // Letters by place: the n-th item's signature at the place of the key among its keys.
        let places = Expression.call(
            "arrayMap",
            .lambda("item", .call("indexOf", .call("mapKeys", .column("item")), .parameter(map.key))), maps)
        return FieldReading(
            target: target, form: .typedLists,
            outputs: [.call("arrayMap", .lambda("item", map.value), maps), places, types])
    }

    private static func referenced(_ target: Attribute.Target, _ reference: Reference) -> FieldReading {
        FieldReading(target: target, form: .referenced(reference), outputs: [])
    }
}
