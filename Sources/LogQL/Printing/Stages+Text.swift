import PrometheusModel

extension LabelMatcher {
    /// Names are words of the language already, and need no quotes.
    var text: String { "\(name)\(kind.rawValue)\(LabelName.quoted(value))" }
}

extension LogSelection: CustomStringConvertible {
    package var description: String {
        let selector = "{" + matchers.map(\.text).joined(separator: ", ") + "}"
        return stages.isEmpty ? selector : selector + " " + stages.map(\.description).joined(separator: " ")
    }
}

extension Stage: CustomStringConvertible {
    package var description: String {
        switch self {
        case .lineFilter(let filter): filter.description
        case .parser(let parser): "| \(parser)"
        case .labelFilter(let filter): "| \(filter)"
        case .lineFormat(let template): "| line_format \(LabelName.quoted(template))"
        case .labelFormat(let formats): "| label_format \(formats.map(\.description).joined(separator: ","))"
        case .decolorize: "| decolorize"
        case .drop(let selections): "| drop \(selections.map(\.description).joined(separator: ","))"
        case .keep(let selections): "| keep \(selections.map(\.description).joined(separator: ","))"
        }
    }
}

extension LineFilter: CustomStringConvertible {
    package var description: String {
        "\(operation.rawValue) \(operands.map(\.description).joined(separator: " or "))"
    }
}

extension LineFilter.Operand: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): LabelName.quoted(text)
        case .address(let address): "ip(\(LabelName.quoted(address)))"
        }
    }
}

extension LineParser: CustomStringConvertible {
    package var description: String {
        switch self {
        case .json(let extractions): return "json" + Self.text(of: extractions)
        case .logfmt(let extractions, let isStrict, let keepsEmpty):
            return "logfmt" + (isStrict ? " --strict" : "") + (keepsEmpty ? " --keep-empty" : "")
                + Self.text(of: extractions)
        case .regexp(let expression): return "regexp \(LabelName.quoted(expression))"
        case .pattern(let expression): return "pattern \(LabelName.quoted(expression))"
        case .unpack: return "unpack"
        }
    }

    private static func text(of extractions: [LabelExtraction]) -> String {
        extractions.isEmpty
            ? "" : " " + extractions.map { "\($0.label)=\(LabelName.quoted($0.expression))" }.joined(separator: ",")
    }
}

extension LabelFilter: CustomStringConvertible {
    package var description: String {
        switch self {
        case .matcher(let matcher): matcher.text
        case .number(let name, let comparison, let value):
            "\(name)\(comparison.rawValue)\(NumberText.plain(value))"
        case .duration(let name, let comparison, let value):
            "\(name)\(comparison.rawValue)\(DurationText.goText(value))"
        case .bytes(let name, let comparison, let value):
            "\(name)\(comparison.rawValue)\(ByteCountText.print(value))"
        case .address(let name, let isEqual, let address):
            "\(name)\(isEqual ? "=" : "!=")ip(\(LabelName.quoted(address)))"
        case .and(let left, let right): "( \(left) , \(right) )"
        case .or(let left, let right): "( \(left) or \(right) )"
        }
    }
}

extension LabelFormat: CustomStringConvertible {
    package var description: String {
        switch self {
        case .rename(let label, let old): "\(label)=\(old)"
        case .template(let label, let template): "\(label)=\(LabelName.quoted(template))"
        }
    }
}

extension LabelSelection: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let name): name
        case .matcher(let matcher): matcher.text
        }
    }
}
