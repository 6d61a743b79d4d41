import PrometheusModel

/// A step of a template that is a list of steps.
enum LineTemplateStep: Sendable {
    case text([UInt8])
    case copy(Source)
    /// The call is for bytes that the transform cannot do.
    case transform(Source, ByteTransform, TemplatePiece.Call)
    /// The value before it is each call's last argument; the first has none when `first` is nil.
    case calls(first: Argument?, [Call])

    enum Source: Sendable {
        case line
        case label(Int)
    }

    enum Argument: Sendable {
        case constant(TemplateValue)
        case label(Int)
        case context(Int)
    }

    struct Call: Sendable {
        let call: TemplatePiece.Call
        let arguments: [Argument]
    }

    /// - Parameter names: of the labels, by index.
    static func steps(_ pieces: [TemplatePiece], names: [String]) -> [LineTemplateStep]? {
        var steps: [LineTemplateStep] = []
        for piece in pieces {
            switch piece {
            case .text(let text): steps.append(.text(Array(text.utf8)))
            case .pipeline(let first, let calls):
                guard let step = step(first, calls, names) else { return nil }
                steps.append(step)
            }
        }
        return steps
    }

    private static func step(
        _ first: TemplatePiece.Argument?, _ calls: [TemplatePiece.Call], _ names: [String]
    ) -> LineTemplateStep? {
        // `{{ upper .a }}` is `{{ .a | upper }}`.
        var first = first
        var fixed: [TemplatePiece.Argument] = calls.first?.arguments ?? []
        if first == nil, let last = fixed.last {
            switch last {
            case .field, .context:
                first = last
                fixed.removeLast()
            case .constant: break
            }
        }
        if let source = first.flatMap({ source($0, names) }) {
            if calls.isEmpty { return .copy(source) }
            if calls.count == 1, let transform = ByteTransform(calls[0].name, fixed) {
                return .transform(source, transform, calls[0])
            }
        }
        var prepared: [Call] = []
        for (index, call) in calls.enumerated() {
            var arguments: [Argument] = []
            for argument in index == 0 ? fixed : call.arguments {
                guard let argument = prepare(argument, names) else { return nil }
                arguments.append(argument)
            }
            prepared.append(Call(call: call, arguments: arguments))
        }
        guard let first else { return .calls(first: nil, prepared) }
        return prepare(first, names).map { .calls(first: $0, prepared) }
    }

    private static func source(_ argument: TemplatePiece.Argument, _ names: [String]) -> Source? {
        switch argument {
        case .field(let name): names.firstIndex(of: name).map { .label($0) }
        case .context(LineFunctions.linePlace): .line
        case .constant, .context: nil
        }
    }

    private static func prepare(_ argument: TemplatePiece.Argument, _ names: [String]) -> Argument? {
        switch argument {
        case .constant(let value): .constant(value)
        case .field(let name): names.firstIndex(of: name).map { .label($0) }
        case .context(let place): .context(place)
        }
    }

    /// Whether it looks at the context of the run.
    var needsContext: Bool {
        switch self {
        case .text, .copy, .transform: return false
        case .calls(let first, let calls):
            if case .context = first { return true }
            return calls.contains { call in
                call.arguments.contains { if case .context = $0 { true } else { false } }
            }
        }
    }

    /// - Returns: false when it fails; the output may hold anything then.
    func run(
        line: UnsafeBufferPointer<UInt8>, label: (Int) -> UnsafeBufferPointer<UInt8>?, context: [TemplateValue],
        into output: inout [UInt8]
    ) -> Bool {
        switch self {
        case .text(let text): output.append(contentsOf: text)
        case .copy(.line): output.append(contentsOf: line)
        case .copy(.label(let index)):
            if let value = label(index) { output.append(contentsOf: value) }
        case .transform(let source, let transform, let call):
            var bytes = line
            if case .label(let index) = source { bytes = label(index) ?? UnsafeBufferPointer(start: nil, count: 0) }
            if transform.append(bytes, to: &output) { return true }
            // Only functions without further arguments have such bytes.
            guard let value = call([.string(String(decoding: bytes, as: UTF8.self))], context: []) else { return false }
            output.append(contentsOf: value.text.utf8)
        case .calls(let first, let calls):
            var value = first.map { Self.value($0, label, context) }
            for call in calls {
                var arguments: [TemplateValue] = []
                arguments.reserveCapacity(call.arguments.count + 1)
                for argument in call.arguments { arguments.append(Self.value(argument, label, context)) }
                if let value { arguments.append(value) }
                guard let result = call.call(arguments, context: context) else { return false }
                value = result
            }
            guard let value else { return false }
            if case .string(let text) = value {
                output.append(contentsOf: text.utf8)
            } else {
                output.append(contentsOf: value.text.utf8)
            }
        }
        return true
    }

    private static func value(
        _ argument: Argument, _ label: (Int) -> UnsafeBufferPointer<UInt8>?, _ context: [TemplateValue]
    ) -> TemplateValue {
        switch argument {
        case .constant(let value): value
        case .label(let index): .string(label(index).map { String(decoding: $0, as: UTF8.self) } ?? "")
        case .context(let place): place < context.count ? context[place] : .none
        }
    }
}

/// Functions that need no text made of the bytes: only such bytes as are the same in every respect are done here.
enum ByteTransform: Sendable {
    case lower, upper, trim
    case truncate(Int)
    case otherwise([UInt8])

    init?(_ name: String, _ arguments: [TemplatePiece.Argument]) {
        switch (name, arguments.first, arguments.count) {
        case ("lower", nil, 0), ("ToLower", nil, 0): self = .lower
        case ("upper", nil, 0), ("ToUpper", nil, 0): self = .upper
        case ("trim", nil, 0), ("TrimSpace", nil, 0): self = .trim
        case ("trunc", .constant(.int(let count)), 1): self = .truncate(count)
        case ("default", .constant(.string(let text)), 1): self = .otherwise(Array(text.utf8))
        default: return nil
        }
    }

    /// - Returns: false when a character beyond ASCII has a say.
    func append(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
        switch self {
        case .lower:
            guard Self.isASCII(bytes) else { return false }
            for byte in bytes { output.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) }
        case .upper:
            guard Self.isASCII(bytes) else { return false }
            for byte in bytes { output.append(byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte) }
        case .trim:
            var start = 0
            var end = bytes.count
            while start < end, Self.isSpace(bytes[start]) { start += 1 }
            while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
            guard start == end || bytes[start] < 0x80 && bytes[end - 1] < 0x80 else { return false }
            output.append(contentsOf: bytes[start..<end])
        case .truncate(let count):
            if count.magnitude >= bytes.count.magnitude {
                output.append(contentsOf: bytes)
            } else {
                output.append(contentsOf: count < 0 ? bytes.suffix(-count) : bytes.prefix(count))
            }
        case .otherwise(let text):
            if bytes.isEmpty { output.append(contentsOf: text) } else { output.append(contentsOf: bytes) }
        }
        return true
    }

    private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return all < 0x80
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
