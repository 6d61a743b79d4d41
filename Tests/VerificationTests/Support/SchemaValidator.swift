import PrometheusModel
import Yams

@testable import Verification

/// Validates a document by the words of JSON Schema that ours uses; a word that it does not know is an error, so that
/// the schema cannot say more than is tested.
///
/// - Spec: JSON Schema draft 7, "Validation".
struct SchemaValidator {
    struct UnknownWord: Error {
        let word: String
    }

    /// JSON is YAML.
    private let root: Node

    init(_ schema: String) throws {
        root = try compose(yaml: schema, .basic, .default, .utf8) ?? Node("")
    }

    func accepts(_ document: String) throws -> Bool {
        guard let node = try compose(yaml: document, .basic, .default, .utf8) else { return false }
        return try accepts(node, root)
    }

    private func accepts(_ node: Node, _ schema: Node) throws -> Bool {
        for (key, value) in schema.mapping ?? [:] {
            guard try accepts(node, word: key.string ?? "", value, schema) else { return false }
        }
        return true
    }

    private func accepts(_ node: Node, word: String, _ value: Node, _ schema: Node) throws -> Bool {
        let elements = value.sequence.map { Array($0) } ?? []
        let scalar = node.scalar.map { PlainScalar($0) }
        switch word {
        case "$schema", "title", "description", "definitions": return true
        case "$ref":
            let name = String((value.string ?? "").dropFirst("#/definitions/".count))
            guard let definition = root["definitions"]?[name] else { throw UnknownWord(word: name) }
            return try accepts(node, definition)
        case "type":
            return (value.string.map { [$0] } ?? elements.compactMap(\.string)).contains { isOfType(node, $0) }
        case "properties":
            for (name, schema) in value.mapping ?? [:] {
                guard let member = member(node, name.string ?? "") else { continue }
                guard try accepts(member, schema) else { return false }
            }
            return true
        case "additionalProperties":
            let known = Set(schema["properties"]?.mapping?.keys.compactMap(\.string) ?? [])
            for (name, member) in node.mapping ?? [:] where !known.contains(name.string ?? "") {
                guard value.mapping != nil, try accepts(member, value) else { return false }
            }
            return true
        case "required":
            return node.mapping == nil || elements.compactMap(\.string).allSatisfy { member(node, $0) != nil }
        case "minProperties": return node.mapping.map { $0.count >= value.int ?? 0 } ?? true
        case "items":
            for element in node.sequence ?? [] where !(try accepts(element, value)) { return false }
            return true
        case "minItems": return node.sequence.map { $0.count >= value.int ?? 0 } ?? true
        case "maxItems": return node.sequence.map { $0.count <= value.int ?? 0 } ?? true
        case "allOf": return try elements.allSatisfy { try accepts(node, $0) }
        case "anyOf": return try elements.contains { try accepts(node, $0) }
        case "oneOf": return try elements.count { try accepts(node, $0) } == 1
        case "not": return !(try accepts(node, value))
        case "const": return scalar == value.scalar.map { PlainScalar($0) }
        case "enum": return elements.contains { $0.scalar.map { PlainScalar($0) } == scalar }
        case "minimum", "maximum":
            guard case .int(let number) = scalar else { return true }
            return word == "minimum" ? number >= value.int ?? 0 : number <= value.int ?? 0
        case "pattern":
            guard case .text(let text) = scalar else { return true }
            // RE2 has no lookahead, which only asks for a first digit here.
            let source = (value.string ?? "").replacing("(?=[0-9])", with: "")
            guard !text.isEmpty else { return false }
            return try Pattern(source).groups(in: text, anchored: false) != nil
        default: throw UnknownWord(word: word)
        }
    }

    private func member(_ node: Node, _ name: String) -> Node? {
        node.mapping?.first { $0.key.scalar?.string == name }?.value
    }

    private func isOfType(_ node: Node, _ name: String) -> Bool {
        switch (name, node.scalar.map { PlainScalar($0) }) {
        case ("object", nil): node.mapping != nil
        case ("array", nil): node.sequence != nil
        case ("string", .text), ("boolean", .flag), ("integer", .int), ("number", .int), ("number", .double): true
        default: false
        }
    }
}
