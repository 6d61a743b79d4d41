/// `eq ne lt le gt ge`: operands are of one basic type, which for numbers means that `gt $value 5` is an error where the
/// value is floating point; `5.0` is not.
extension TemplateFunctions {
    static let comparison: TemplateFunctions = [
        "eq": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .bool(try isEqualToAny(arguments))
        },
        "ne": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            .bool(try !isEqualToAny(arguments))
        },
        "lt": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            .bool(try isLess(arguments[0], arguments[1]))
        },
        "le": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            .bool(try isLessOrEqual(arguments[0], arguments[1]))
        },
        // As in Go the negation of `le` and `lt`, also where one operand is NaN.
        "gt": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            .bool(try !isLessOrEqual(arguments[0], arguments[1]))
        },
        "ge": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            .bool(try !isLess(arguments[0], arguments[1]))
        },
    ]

    private static func isEqualToAny(_ arguments: [TemplateValue]) throws(TemplateError) -> Bool {
        guard let first = arguments.first, arguments.count > 1 else {
            throw TemplateError("missing argument for comparison")
        }
        for other in arguments.dropFirst() where try isEqual(first, other) { return true }
        return false
    }

    private static func isEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.int(let left), .int(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.string(let left), .string(let right)): return left == right
        case (.none, .none): return true
        case (.none, _), (_, .none): return false
        case (.bool, _), (.int, _), (.float, _), (.string, _), (_, .bool), (_, .int), (_, .float), (_, .string):
            throw TemplateError("incompatible types for comparison")
        case _ where left.typeName != right.typeName:
            throw TemplateError(
                "non-comparable types \(left.text): \(left.typeName), \(right.text): \(right.typeName)")
        default: throw TemplateError("non-comparable type \(left.text): \(left.typeName)")
        }
    }

    private static func isLess(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.bool, .bool): throw TemplateError("invalid type for comparison")
        case (.bool, _), (.int, _), (.float, _), (.string, _):
            switch right {
            case .bool, .int, .float, .string: throw TemplateError("incompatible types for comparison")
            default: throw TemplateError("invalid type for comparison")
            }
        default: throw TemplateError("invalid type for comparison")
        }
    }

    private static func isLessOrEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        if try isLess(left, right) { return true }
        return try isEqual(left, right)
    }
}
