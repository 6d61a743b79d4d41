import Codecs
import PrometheusModel

/// The bodies of `/api/v1/rules` and `/api/v1/alerts`.
enum RulesAnswer {
    /// - Parameters:
    ///   - nextToken: where the next page begins; nil for the last.
    static func write(
        _ groups: [RuleGroupStatus], nextToken: String?, withAlerts: Bool, into writer: inout JSONWriter
    ) {
        writer.raw("{\"groups\":[")
        for group in groups {
            writer.separate()
            writer.raw("{\"name\":")
            writer.string(group.name)
            writer.key("file")
            writer.string(group.file)
            writer.raw(",\"rules\":[")
            for rule in group.rules {
                writer.separate()
                write(rule, withAlerts: withAlerts, into: &writer)
            }
            writer.raw("],\"interval\":")
            writer.number(group.interval)
            writer.key("limit")
            writer.integer(group.limit)
            writer.key("evaluationTime")
            writer.number(group.evaluationTime)
            writer.key("lastEvaluation")
            writer.string(RFC3339Text.print(group.lastEvaluation))
            writer.raw("}")
        }
        writer.raw("]")
        if let nextToken {
            writer.key("groupNextToken")
            writer.string(nextToken)
        }
        writer.raw("}")
    }

    private static func write(_ rule: RuleStatus, withAlerts: Bool, into writer: inout JSONWriter) {
        writer.open("{")
        if let alerting = rule.alerting {
            writer.key("state")
            writer.string(alerting.state.rawValue)
        }
        writer.key("name")
        writer.string(rule.name)
        writer.key("query")
        writer.string(rule.query)
        if let alerting = rule.alerting {
            writer.key("duration")
            writer.number(alerting.duration)
            writer.key("keepFiringFor")
            writer.number(alerting.keepFiringFor)
            writer.key("labels")
            writer.texts(rule.labels)
            writer.key("annotations")
            writer.texts(alerting.annotations)
            writer.raw(",\"alerts\":[")
            if withAlerts {
                for alert in alerting.alerts {
                    writer.separate()
                    write(alert, into: &writer)
                }
            }
            writer.raw("]")
        } else if !rule.labels.isEmpty {
            writer.key("labels")
            writer.texts(rule.labels)
        }
        writer.key("health")
        writer.string(rule.health.rawValue)
        if !rule.lastError.isEmpty {
            writer.key("lastError")
            writer.string(rule.lastError)
        }
        writer.key("evaluationTime")
        writer.number(rule.evaluationTime)
        writer.key("lastEvaluation")
        writer.string(RFC3339Text.print(rule.lastEvaluation))
        writer.key("type")
        writer.string(rule.alerting == nil ? "recording" : "alerting")
        writer.close("}")
    }

    static func write(_ alert: AlertStatus, into writer: inout JSONWriter) {
        writer.raw("{\"labels\":")
        writer.labels(alert.labels)
        writer.key("annotations")
        writer.texts(alert.annotations)
        writer.key("state")
        writer.string(alert.state.rawValue)
        writer.key("activeAt")
        writer.string(RFC3339Text.print(alert.activeAt))
        if let since = alert.keepFiringSince {
            writer.key("keepFiringSince")
            writer.string(RFC3339Text.print(since))
        }
        writer.key("value")
        writer.string(exponentText(alert.value))
        writer.raw("}")
    }

    /// Always with an exponent of two digits or more: `1e+00`, `2.5e-07`.
    static func exponentText(_ value: Double) -> String {
        guard value.isFinite else { return NumberText.json(value) }
        guard value != 0 else { return value.sign == .minus ? "-0e+00" : "0e+00" }
        // The shortest digits, wherever the point and the exponent stand.
        let text = abs(value).description
        let mantissa = text.prefix { $0 != "e" }
        var power = Int(text.dropFirst(mantissa.count + 1)) ?? 0
        power += mantissa.prefix { $0 != "." }.count - 1
        var digits = Array(mantissa.utf8.filter { $0 != UInt8(ascii: ".") })
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            power -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let tail = String(decoding: digits.dropFirst(), as: UTF8.self)
        let exponent = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
        return "\(value < 0 ? "-" : "")\(String(decoding: digits.prefix(1), as: UTF8.self))"
            + "\(tail.isEmpty ? "" : ".")\(tail)e\(power < 0 ? "-" : "+")\(exponent)"
    }
}
