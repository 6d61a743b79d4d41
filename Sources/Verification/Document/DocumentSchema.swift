import Codecs

/// The JSON Schema of documents of expectations, for editors.
///
/// - Spec: JSON Schema draft 7, the newest that editors of YAML all know.
package enum DocumentSchema {
    /// With a line feed at its end; the same bytes at every call.
    package static var text: String {
        var members: [(String, SchemaValue)] = [
            ("$schema", "http://json-schema.org/draft-07/schema#"),
            ("title", "Martlet expectations"),
        ]
        members += object(ObjectName.document.shape)
        members.append(
            (
                "definitions",
                .object(
                    ObjectName.allCases.filter { $0 != .document }.map { ($0.rawValue, .object(object($0.shape))) })
            ))
        return SchemaValue.object(members).text + "\n"
    }

    private static func object(_ shape: ObjectShape) -> [(String, SchemaValue)] {
        var members: [(String, SchemaValue)] = [
            ("type", "object"), ("description", .text(shape.summary)),
            (
                "properties",
                .object(
                    shape.keys.map { key in
                        // Draft 7 ignores what stands beside a reference, so the description goes around it.
                        let value = schema(key.shape)
                        if value.first?.0 == "$ref" {
                            return (
                                key.name,
                                .object([("description", .text(key.summary)), ("allOf", .array([.object(value)]))])
                            )
                        }
                        return (key.name, .object([("description", .text(key.summary))] + value))
                    })
            ),
            ("additionalProperties", .flag(false)),
        ]
        let required = shape.keys.filter(\.isRequired).map { SchemaValue.text($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        if shape.needsKey { members.append(("minProperties", .number(1))) }
        let pairs = shape.exclusive.flatMap { group in
            group.indices.flatMap { first in group[(first + 1)...].map { [group[first], $0] } }
        }
        if !pairs.isEmpty {
            let refused = pairs.map { pair in
                SchemaValue.object([
                    ("not", .object([("required", .array(pair.map { .text($0) }))]))
                ])
            }
            members.append(("allOf", .array(refused)))
        }
        return members
    }

    private static func schema(_ shape: Shape) -> [(String, SchemaValue)] {
        switch shape {
        case .text, .scalar: [("type", ["string", "number", "boolean"])]
        case .flag: [("type", "boolean")]
        case .count: [("type", "integer"), ("minimum", .number(0))]
        case .number: [("type", "number")]
        case .duration:
            [
                ("type", "string"),
                (
                    "pattern",
                    "^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?([0-9]+us)?([0-9]+ns)?$"
                ),
            ]
        case .time: [("type", ["string", "integer"])]
        case .pattern: [("type", ["string", "number", "boolean"])]
        case .severity:
            [
                (
                    "anyOf",
                    .array([
                        .object([("enum", .array(Vocabulary.levels.map { .text($0) }))]),
                        .object([("type", "integer"), ("minimum", .number(1)), ("maximum", .number(24))]),
                    ])
                )
            ]
        case .constant(let value): [("const", .number(value))]
        case .word(let words): [("enum", .array(words.map { .text($0) }))]
        case .list(let element):
            [("type", "array"), ("minItems", .number(1)), ("items", .object(schema(element)))]
        case .pair(let element):
            [
                ("type", "array"), ("minItems", .number(2)), ("maxItems", .number(2)),
                ("items", .object(schema(element))),
            ]
        case .map(let element):
            [
                ("type", "object"), ("minProperties", .number(1)),
                ("additionalProperties", .object(schema(element))),
            ]
        case .object(let name): [("$ref", .text("#/definitions/\(name.rawValue)"))]
        case .variants(let names):
            [("oneOf", .array(names.map { .object(schema(.object($0))) }))]
        case .oneOrMore(let element): any([element, .list(element)])
        case .either(let first, let second): any([first, second])
        }
    }

    /// Nested alternatives become one list.
    private static func any(_ shapes: [Shape]) -> [(String, SchemaValue)] {
        let flat = shapes.flatMap { shape -> [Shape] in
            if case .either(let first, let second) = shape { return [first, second] }
            return [shape]
        }
        return [("anyOf", .array(flat.map { .object(schema($0)) }))]
    }
}

/// JSON with its members in order.
private indirect enum SchemaValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    case object([(String, SchemaValue)])
    case array([SchemaValue])
    case text(String)
    case number(Int)
    case flag(Bool)

    init(stringLiteral value: String) { self = .text(value) }
    init(arrayLiteral elements: SchemaValue...) { self = .array(elements) }

    /// Indented by two spaces.
    var text: String {
        var lines = ""
        print(into: &lines, indent: "")
        return lines
    }

    private func print(into text: inout String, indent: String) {
        let inner = indent + "  "
        switch self {
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner + Self.quoted(member.0) + ": "
                member.1.print(into: &text, indent: inner)
            }
            text += members.isEmpty ? "}" : "\n" + indent + "}"
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                element.print(into: &text, indent: inner)
            }
            text += "]"
        case .text(let value): text += Self.quoted(value)
        case .number(let value): text += "\(value)"
        case .flag(let value): text += "\(value)"
        }
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
