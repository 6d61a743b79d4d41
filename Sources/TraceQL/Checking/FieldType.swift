/// What is known of an expression's value before any span is seen.
enum FieldType: Hashable {
    /// An attribute's value may be of any type.
    case unknown
    case none, int, double, string, bool, duration, status, kind

    init(of value: Value) {
        switch value {
        case .none: self = .none
        case .int: self = .int
        case .double: self = .double
        case .string: self = .string
        case .bool: self = .bool
        case .duration: self = .duration
        case .status: self = .status
        case .kind: self = .kind
        case .list: self = .unknown
        }
    }

    init(of attribute: Attribute) {
        guard case .intrinsic(let intrinsic) = attribute.target else {
            self = .unknown
            return
        }
        switch intrinsic {
        case .duration, .traceDuration, .eventTimeSinceStart: self = .duration
        case .name, .statusMessage, .rootName, .rootService, .spanID, .parentID, .traceID, .eventName, .linkTraceID,
            .linkSpanID, .instrumentationName, .instrumentationVersion:
            self = .string
        case .status: self = .status
        case .kind: self = .kind
        case .childCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent: self = .int
        case .parent: self = .none
        }
    }

    var isNumeric: Bool { self == .int || self == .double || self == .duration }

    /// Whether values of the types can be operands of one operator.
    func goesWith(_ other: FieldType) -> Bool {
        self == other || self == .unknown || other == .unknown || self == .none || other == .none
            || (isNumeric && other.isNumeric)
    }

    func takes(_ symbol: Symbol) -> Bool {
        switch self {
        case .unknown: true
        case .none, .status, .kind: symbol == .equal || symbol == .notEqual
        case .bool: symbol == .equal || symbol == .notEqual || symbol == .and || symbol == .or
        case .string: symbol.comparison != nil
        case .int, .double, .duration:
            symbol.arithmetic != nil || (symbol.comparison != nil && symbol != .matches && symbol != .notMatches)
        }
    }

    /// With an article, for messages.
    var described: String {
        switch self {
        case .unknown: "an attribute"
        case .none: "nil"
        case .int, .double: "a number"
        case .string: "a text"
        case .bool: "true or false"
        case .duration: "a duration"
        case .status: "a status"
        case .kind: "a span kind"
        }
    }
}
