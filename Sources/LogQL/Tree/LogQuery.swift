package import PrometheusModel

/// A LogQL query.
///
/// - Spec: Grafana Loki, "LogQL: Log query language".
package indirect enum LogQLQuery: Sendable, Equatable {
    /// Log lines.
    case log(LogSelection)
    /// Numbers over time.
    case metric(MetricExpression)
}

/// `{matchers} | stage | stage`.
package struct LogSelection: Sendable, Equatable {
    package var matchers: [LabelMatcher]
    package var stages: [Stage]
    package var range: SourceRange

    package init(matchers: [LabelMatcher], stages: [Stage], range: SourceRange = SourceRange(0, 0)) {
        self.matchers = matchers
        self.stages = stages
        self.range = range
    }

    package static func == (left: LogSelection, right: LogSelection) -> Bool {
        left.matchers == right.matchers && left.stages == right.stages
    }
}

/// A step of a pipeline.
package enum Stage: Sendable, Equatable {
    /// `|= "a" or "b"`, `!~ "x"`, `|> "<_> x"`, `|= ip("10.0.0.0/8")`.
    case lineFilter(LineFilter)
    case parser(LineParser)
    /// `| status >= 500 and method = "GET"`.
    case labelFilter(LabelFilter)
    /// The template.
    case lineFormat(String)
    case labelFormat([LabelFormat])
    case decolorize
    case drop([LabelSelection])
    case keep([LabelSelection])
}

/// One test of the line. Several texts are alternatives (`or`): a positive filter wants any of them, a negated one none.
package struct LineFilter: Sendable, Equatable {
    package enum Operation: String, Sendable {
        case contains = "|="
        case notContains = "!="
        case matches = "|~"
        case notMatches = "!~"
        case pattern = "|>"
        case notPattern = "!>"

        package var isNegated: Bool { self == .notContains || self == .notMatches || self == .notPattern }
    }

    package enum Operand: Sendable, Equatable {
        case text(String)
        /// `ip("…")`: an address, a range `a-b` or a prefix in CIDR notation; with `|=` and `!=` only.
        case address(String)
    }

    package var operation: Operation
    /// At least one.
    package var operands: [Operand]

    package init(_ operation: Operation, _ operands: [Operand]) {
        self.operation = operation
        self.operands = operands
    }
}

package enum LineParser: Sendable, Equatable {
    /// With extractions (`json a="b.c[0]"`) only those.
    case json([LabelExtraction])
    case logfmt([LabelExtraction], isStrict: Bool, keepsEmpty: Bool)
    case regexp(String)
    case pattern(String)
    case unpack
}

/// `name="expression"`; `name` alone means the expression of the same text.
package struct LabelExtraction: Sendable, Equatable {
    package var label: String
    package var expression: String

    package init(label: String, expression: String) {
        self.label = label
        self.expression = expression
    }
}

/// Tests of labels.
package indirect enum LabelFilter: Sendable, Equatable {
    /// `=`, `!=`, `=~`, `!~` with text.
    case matcher(LabelMatcher)
    case number(String, Comparison, Double)
    /// Nanoseconds.
    case duration(String, Comparison, Int64)
    case bytes(String, Comparison, UInt64)
    /// `addr = ip("…")`; only `=` and `!=`.
    case address(String, isEqual: Bool, String)
    case and(LabelFilter, LabelFilter)
    case or(LabelFilter, LabelFilter)

    package enum Comparison: String, Sendable {
        // `==` and `=` are the same here.
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

/// One item of `label_format`.
package enum LabelFormat: Sendable, Equatable {
    /// `new=old`: the label moves.
    case rename(label: String, from: String)
    /// `new="template"`.
    case template(label: String, String)

    package var label: String {
        switch self {
        case .rename(let label, _), .template(let label, _): label
        }
    }
}

/// One item of `drop` and `keep`: a name, or a condition on it.
package enum LabelSelection: Sendable, Equatable {
    case name(String)
    case matcher(LabelMatcher)
}
