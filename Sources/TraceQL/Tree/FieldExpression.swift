/// An expression over the fields of one span.
package indirect enum FieldExpression: Sendable, Equatable {
    case literal(Value)
    case attribute(Attribute)
    /// `-x`
    case negated(FieldExpression)
    /// `!x`
    case not(FieldExpression)
    case arithmetic(FieldExpression, ArithmeticOperator, FieldExpression)
    case comparison(FieldExpression, ComparisonOperator, FieldExpression)
    case and(FieldExpression, FieldExpression)
    case or(FieldExpression, FieldExpression)
}

/// A value written in a query, or held by a field of a span.
package enum Value: Hashable, Sendable {
    case none
    case int(Int64)
    case double(Double)
    case string(String)
    case bool(Bool)
    /// Nanoseconds.
    case duration(Int64)
    case status(Status)
    case kind(Kind)
    /// An attribute that is an array; comparisons look for an element. Never written in a query.
    case list([Value])

    package enum Status: String, Hashable, Sendable, CaseIterable {
        case error, ok, unset
    }

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case unspecified, `internal`, server, client, producer, consumer
    }
}

/// What a name in a query means.
package struct Attribute: Hashable, Sendable {
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        /// `.name`: span, then resource, then instrumentation, then link, then event.
        case any = ""
        case span, resource, event, link, instrumentation
    }

    package enum Target: Hashable, Sendable {
        case attribute(Scope, String)
        case intrinsic(Intrinsic)
    }

    package var target: Target
    /// `parent.x`: of the span's parent.
    package var ofParent: Bool

    package init(_ target: Target, ofParent: Bool = false) {
        self.target = target
        self.ofParent = ofParent
    }
}

/// The fields that every span has. The raw value is the scoped name as Tempo 3 prints it; the short names of old are
/// read as the same (`name`, `duration`, `status`, `statusMessage`, `kind`, `traceDuration`, `rootName`,
/// `rootServiceName`, `childCount`, `parent` …).
package enum Intrinsic: String, Hashable, Sendable, CaseIterable {
    case duration = "span:duration"
    case name = "span:name"
    case status = "span:status"
    case statusMessage = "span:statusMessage"
    case kind = "span:kind"
    case spanID = "span:id"
    case parentID = "span:parentID"
    case childCount = "span:childCount"
    case traceDuration = "trace:duration"
    case rootName = "trace:rootName"
    case rootService = "trace:rootService"
    case traceID = "trace:id"
    case eventName = "event:name"
    case eventTimeSinceStart = "event:timeSinceStart"
    case linkTraceID = "link:traceID"
    case linkSpanID = "link:spanID"
    case instrumentationName = "instrumentation:name"
    case instrumentationVersion = "instrumentation:version"
    case nestedSetLeft
    case nestedSetRight
    case nestedSetParent
    /// The bare word `parent`.
    case parent
}
