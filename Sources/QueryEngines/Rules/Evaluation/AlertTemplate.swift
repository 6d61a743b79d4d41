import PrometheusModel

/// Labels and annotations of an alerting rule as templates.
///
/// - Spec: Prometheus, "Alerting rules" (Templating), "Template reference": `$labels`, `$externalLabels`, `$externalURL`
///   and `$value` stand for the fields of the dot.
struct AlertTemplate: Sendable {
    /// What is the same for all alerts of a rule at one time.
    struct Surroundings: Sendable {
        var externalLabels: [String: String]
        var externalURL: String
        var query: @Sendable (String) async throws -> [TemplateSample]
    }

    private static let definitions =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}"
        + "{{$value := .Value}}"

    private static let functionNames = Set(TemplateFunctions.prometheus.keys)
        .union(["query", "externalURL", "pathPrefix"])

    private let name: String
    /// A text without actions is there as it is; nil when it does not parse.
    private let template: Template?
    private let plainText: String?
    private let parseFailure: String

    init(_ text: String, alert: String) {
        name = "__alert_\(alert)"
        plainText = text.contains("{{") ? nil : text
        guard plainText == nil else {
            (template, parseFailure) = (nil, "")
            return
        }
        do throws(TemplateError) {
            template = try Self.parse(text, alert: alert)
            parseFailure = ""
        } catch {
            template = nil
            parseFailure = "error parsing template \(name): \(error.message)"
        }
    }

    static func parse(_ text: String, alert: String) throws(TemplateError) -> Template {
        try Template(definitions + text, name: "__alert_\(alert)", functions: functionNames)
    }

    /// The text for one alert; when something fails, the text that says what.
    func expand(
        labels: [String: String], value: TemplateValue, in surroundings: Surroundings,
        functions: TemplateFunctions
    ) async -> (text: String, failure: String?) {
        if let plainText { return (plainText, nil) }
        let failure: String
        if let template {
            let data = TemplateRecord(
                [
                    ("Labels", .texts(labels)), ("ExternalLabels", .texts(surroundings.externalLabels)),
                    ("ExternalURL", .string(surroundings.externalURL)), ("Value", value),
                ],
                typeName: "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; "
                    + "Value interface {} }")
            do throws(TemplateError) {
                return (try await template.expand(.record(data), functions: functions), nil)
            } catch {
                failure = "error executing template \(name): \(error.message)"
            }
        } else {
            failure = parseFailure
        }
        return ("<error expanding template: \(failure)>", failure)
    }

    /// All functions, `query` among them.
    static func functions(in surroundings: Surroundings) -> TemplateFunctions {
        var functions = TemplateFunctions.prometheus
        let query = surroundings.query
        functions["query"] = TemplateFunction(
            .string,
            waiting: { (arguments: [TemplateValue]) async throws(TemplateError) -> TemplateValue in
                guard case .string(let text) = arguments.first else { return .none }
                do {
                    return .samples(try await query(text))
                } catch {
                    throw TemplateError("\(error)")
                }
            })
        let url = surroundings.externalURL
        functions["externalURL"] = TemplateFunction { (_: [TemplateValue]) throws(TemplateError) in .string(url) }
        functions["pathPrefix"] = TemplateFunction { (_: [TemplateValue]) throws(TemplateError) in
            .string(path(of: url))
        }
        return functions
    }

    /// What stands after the host of a URL.
    private static func path(of url: String) -> String {
        var rest = Substring(url)
        if let colon = rest.firstIndex(of: ":"), rest[colon...].hasPrefix("://") {
            rest = rest[colon...].dropFirst(3)
            guard let slash = rest.firstIndex(of: "/") else { return "" }
            rest = rest[slash...]
        }
        return String(rest.prefix { $0 != "?" && $0 != "#" })
    }
}
