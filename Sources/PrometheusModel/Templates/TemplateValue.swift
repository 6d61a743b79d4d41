/// A value that a template works with: what Go would have in an `interface{}`.
package enum TemplateValue: Sendable {
    /// Go's zero `reflect.Value` and nil; printed as `<no value>`.
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    /// `map[string]string`: a missing key is the empty text.
    case texts([String: String])
    /// `map[string]interface{}`
    case map([String: TemplateValue])
    /// `[]interface{}`
    case list([TemplateValue])
    /// What a query gave.
    case samples([TemplateSample])
    case sample(TemplateSample)
    /// A struct: another field than these is an error.
    case record(TemplateRecord)
    case time(TemplateTime)
    /// Something that templates can only print.
    case opaque(typeName: String, text: String)
}

package struct TemplateSample: Sendable {
    package var labels: [String: String]
    package var value: Double

    package init(labels: [String: String], value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// A struct with its fields in the order in which Go declares and prints them.
package struct TemplateRecord: Sendable {
    package var fields: [(name: String, value: TemplateValue)]
    /// As error messages show it.
    package var typeName: String

    package init(_ fields: [(name: String, value: TemplateValue)], typeName: String) {
        self.fields = fields
        self.typeName = typeName
    }

    subscript(name: String) -> TemplateValue? { fields.first { $0.name == name }?.value }
}

extension TemplateValue {
    /// What `if`, `with`, `and`, `or` and `not` ask: whether it is not the zero value of its type, not empty.
    package var isTrue: Bool {
        switch self {
        case .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .texts(let values): !values.isEmpty
        case .map(let values): !values.isEmpty
        case .list(let values): !values.isEmpty
        case .samples(let values): !values.isEmpty
        case .sample, .record, .time, .opaque: true
        }
    }

    /// The type as Go calls it.
    package var typeName: String {
        switch self {
        case .none: "nil"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .texts: "map[string]string"
        case .map: "map[string]interface {}"
        case .list: "[]interface {}"
        case .samples: "template.queryResult"
        case .sample: "*template.sample"
        case .record(let record): record.typeName
        case .time: "*time.Time"
        case .opaque(let typeName, _): typeName
        }
    }

    /// As `{{ . }}` writes it: Go's `%v`.
    package var text: String {
        switch self {
        case .none: "<no value>"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .float(let value): GoFloat.shortest(value)
        case .string(let value): value
        case .texts(let values):
            "map[" + values.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ") + "]"
        case .map(let values):
            "map["
                + values.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.nestedText)" }.joined(separator: " ")
                + "]"
        case .list(let values): "[" + values.map(\.nestedText).joined(separator: " ") + "]"
        // Go prints addresses here, which is of no use to anybody.
        case .samples(let values):
            "[" + values.map { TemplateValue.sample($0).text }.joined(separator: " ") + "]"
        case .sample(let sample): "{\(TemplateValue.texts(sample.labels).text) \(GoFloat.shortest(sample.value))}"
        case .record(let record): "{" + record.fields.map(\.value.nestedText).joined(separator: " ") + "}"
        case .time(let time): time.description
        case .opaque(_, let text): text
        }
    }

    /// Within another value.
    var nestedText: String {
        if case .none = self { return "<nil>" }
        return text
    }
}
