import Codecs

/// A comparison as one JSON object, for programs. Its members are always the same, in the same order:
///
/// - `result`: `same` or `different` (then there is at least one difference).
/// - `a`, `b`: `title`, `seconds`, `traces`, `spans`, `points`, `logs`, `notes` (what was left out).
/// - `sameWork`: whether root operations ran equally often.
/// - `options`: `level`, `confidence`, `relativeMin`, `durationMinNanoseconds`, `shareMin`, `metricRelativeMin`,
///   `counts`, `ignored`.
/// - `counts`: `different`, `tooFew`, `same`.
/// - `failed`: the conditions of `--fail-on` that are met.
/// - `findings`: in order of importance. `kind`, `group` (null for fewer errors), `verdict` (`different`, `too-few`,
///   `same`), `service`, `name`, `detail`, `unit` (`nanoseconds`, `count`, `per-second`, `share`, `own`, `none`),
///   `a` and `b` (`value`, `low`, `high`: the interval; or null), `aText`, `bText`, `relativeChange`, `pValue` (null for a
///   difference of kind), `reason`, `lines`.
/// - `operations`: all, by service and name: `service`, `name`, `a` and `b` (`count`, `errors`, `p50`, `p95`, `p99` in
///   nanoseconds, null without spans).
/// - `notes`: facts such as changed versions.
package struct ComparisonJSON {
    let result: ComparisonResult
    let failed: [FailCondition]
    /// Whether findings that are the same are written.
    let isAll: Bool

    package init(_ result: ComparisonResult, failed: [FailCondition] = [], isAll: Bool = false) {
        self.result = result
        self.failed = failed
        self.isAll = isAll
    }

    package var bytes: [UInt8] {
        var json = JSONWriter()
        json.open("{")
        json.key("result")
        json.string(result.differences.isEmpty ? "same" : "different")
        json.key("a")
        Self.write(result.a, &json)
        json.key("b")
        Self.write(result.b, &json)
        json.key("sameWork")
        json.bool(result.isSameWork)
        json.key("options")
        Self.write(result.options, &json)
        json.key("counts")
        json.open("{")
        json.key("different")
        json.integer(result.differences.count)
        json.key("tooFew")
        json.integer(result.tooFew.count)
        json.key("same")
        json.integer(result.compared - result.differences.count - result.tooFew.count)
        json.close("}")
        json.key("failed")
        Self.write(failed.map(\.text), &json)
        json.key("findings")
        json.open("[")
        for finding in result.findings where isAll || finding.verdict != .same {
            json.separate()
            Self.write(finding, &json)
        }
        json.close("]")
        json.key("operations")
        json.open("[")
        for operation in result.operations {
            json.separate()
            json.open("{")
            json.key("service")
            json.string(operation.service)
            json.key("name")
            json.string(operation.name)
            json.key("a")
            Self.write(operation.a, &json)
            json.key("b")
            Self.write(operation.b, &json)
            json.close("}")
        }
        json.close("]")
        json.key("notes")
        Self.write(result.notes, &json)
        json.close("}")
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ side: ComparisonResult.Side, _ json: inout JSONWriter) {
        json.open("{")
        json.key("title")
        json.string(side.title)
        json.key("seconds")
        json.double(side.seconds)
        json.key("traces")
        json.integer(side.traces)
        json.key("spans")
        json.integer(side.spans)
        json.key("points")
        json.integer(side.points)
        json.key("logs")
        json.integer(side.logs)
        json.key("notes")
        write(side.notes, &json)
        json.close("}")
    }

    private static func write(_ options: ComparisonOptions, _ json: inout JSONWriter) {
        json.open("{")
        json.key("level")
        json.double(options.level)
        json.key("confidence")
        json.double(options.confidence)
        json.key("relativeMin")
        json.double(options.relativeMin)
        json.key("durationMinNanoseconds")
        json.double(options.durationMin)
        json.key("shareMin")
        json.double(options.shareMin)
        json.key("metricRelativeMin")
        json.double(options.metricRelativeMin)
        json.key("counts")
        json.string(options.countBasis.rawValue)
        json.key("ignored")
        write(options.ignored.map(\.text), &json)
        json.close("}")
    }

    private static func write(_ finding: ComparisonFinding, _ json: inout JSONWriter) {
        json.open("{")
        json.key("kind")
        json.string(finding.kind.rawValue)
        json.key("group")
        optional(finding.kind.group, &json) { $1.string($0.rawValue) }
        json.key("verdict")
        json.string(finding.verdict.rawValue)
        json.key("service")
        json.string(finding.service)
        json.key("name")
        json.string(finding.name)
        json.key("detail")
        json.string(finding.detail)
        json.key("unit")
        json.string(finding.unit.rawValue)
        json.key("a")
        optional(finding.a, &json, write)
        json.key("b")
        optional(finding.b, &json, write)
        json.key("aText")
        json.string(finding.aText)
        json.key("bText")
        json.string(finding.bText)
        json.key("relativeChange")
        optional(finding.relativeChange, &json) { $1.double($0) }
        json.key("pValue")
        optional(finding.pValue, &json) { $1.double($0) }
        json.key("reason")
        json.string(finding.reason)
        json.key("lines")
        write(finding.lines, &json)
        json.close("}")
    }

    private static func write(_ figure: ComparisonFinding.Figure, _ json: inout JSONWriter) {
        json.open("{")
        json.key("value")
        json.double(figure.value)
        json.key("low")
        optional(figure.low, &json) { $1.double($0) }
        json.key("high")
        optional(figure.high, &json) { $1.double($0) }
        json.close("}")
    }

    private static func write(_ figures: ComparisonResult.Operation.Figures, _ json: inout JSONWriter) {
        json.open("{")
        json.key("count")
        json.integer(figures.count)
        json.key("errors")
        json.integer(figures.errors)
        let percentiles: [Double?] = figures.percentiles.count == 3 ? figures.percentiles : [nil, nil, nil]
        json.key("p50")
        optional(percentiles[0], &json) { $1.double($0) }
        json.key("p95")
        optional(percentiles[1], &json) { $1.double($0) }
        json.key("p99")
        optional(percentiles[2], &json) { $1.double($0) }
        json.close("}")
    }

    private static func write(_ texts: [String], _ json: inout JSONWriter) {
        json.open("[")
        for text in texts {
            json.separate()
            json.string(text)
        }
        json.close("]")
    }

    private static func optional<Value>(
        _ value: Value?, _ json: inout JSONWriter, _ write: (Value, inout JSONWriter) -> Void
    ) {
        if let value {
            write(value, &json)
        } else {
            json.bytes += Array("null".utf8)
        }
    }
}
