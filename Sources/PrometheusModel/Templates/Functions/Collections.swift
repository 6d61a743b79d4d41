extension TemplateFunctions {
    static let collections: TemplateFunctions = [
        "len": TemplateFunction(.any) { arguments throws(TemplateError) in
            switch arguments[0] {
            case .string(let text): return .int(text.utf8.count)
            case .texts(let texts): return .int(texts.count)
            case .map(let values): return .int(values.count)
            case .samples(let samples): return .int(samples.count)
            case .list(let values): return .int(values.count)
            case .none: throw TemplateError("len of nil pointer")
            case let other: throw TemplateError("len of type \(other.typeName)")
            }
        },
        "index": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            var value = arguments[0]
            for key in arguments.dropFirst() { value = try element(key, of: value) }
            return value
        },
        "slice": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            try slice(arguments[0], Array(arguments.dropFirst()))
        },
        // Nothing that a template can hold here is a function.
        "call": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            if case .none = arguments[0] { throw TemplateError("call of nil") }
            throw TemplateError("non-function of type \(arguments[0].typeName)")
        },
        "args": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .map(
                [String: TemplateValue](
                    uniqueKeysWithValues: arguments.enumerated().map { ("arg\($0.offset)", $0.element) }))
        },
    ]

    private static func element(_ key: TemplateValue, of value: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch value {
        case .none: throw TemplateError("index of untyped nil")
        case .texts(let texts): return .string(texts[try name(key)] ?? "")
        case .map(let values): return values[try name(key)] ?? .none
        case .samples(let samples): return .sample(samples[try position(key, below: samples.count)])
        case .list(let values): return values[try position(key, below: values.count)]
        case .string(let text):
            let bytes = Array(text.utf8)
            return .int(Int(bytes[try position(key, below: bytes.count)]))
        default: throw TemplateError("can't index item of type \(value.typeName)")
        }
    }

    private static func name(_ key: TemplateValue) throws(TemplateError) -> String {
        switch key {
        case .string(let name): return name
        case .none: throw TemplateError("value is nil; should be of type string")
        default: throw TemplateError("value has type \(key.typeName); should be string")
        }
    }

    private static func position(_ key: TemplateValue, below count: Int) throws(TemplateError) -> Int {
        switch key {
        case .int(let position):
            guard position >= 0, position < count else { throw TemplateError("index out of range: \(position)") }
            return position
        case .none: throw TemplateError("cannot index slice/array with nil")
        default: throw TemplateError("cannot index slice/array with type \(key.typeName)")
        }
    }

    private static func slice(_ value: TemplateValue, _ bounds: [TemplateValue]) throws(TemplateError) -> TemplateValue
    {
        guard bounds.count <= 3 else { throw TemplateError("too many slice indexes: \(bounds.count)") }
        let count: Int
        switch value {
        case .none: throw TemplateError("slice of untyped nil")
        case .string(let text):
            guard bounds.count < 3 else { throw TemplateError("cannot 3-index slice a string") }
            count = text.utf8.count
        case .samples(let samples): count = samples.count
        case .list(let values): count = values.count
        default: throw TemplateError("can't slice item of type \(value.typeName)")
        }
        let start = bounds.isEmpty ? 0 : try position(bounds[0], below: count + 1)
        let end = bounds.count < 2 ? count : try position(bounds[1], below: count + 1)
        guard start <= end else { throw TemplateError("invalid slice index: \(start) > \(end)") }
        switch value {
        case .string(let text): return .string(String(decoding: Array(text.utf8)[start..<end], as: UTF8.self))
        case .samples(let samples): return .samples(Array(samples[start..<end]))
        case .list(let values): return .list(Array(values[start..<end]))
        default: return .none
        }
    }
}
