extension Intrinsic {
    /// The scopes that stand before a colon.
    static let scopes: Set<String> = ["span", "trace", "event", "link", "instrumentation"]

    /// As users know it and Tempo prints it: `duration`, `rootServiceName`, `event:name`, `span:id`.
    package var name: String {
        switch self {
        case .duration: "duration"
        case .name: "name"
        case .status: "status"
        case .statusMessage: "statusMessage"
        case .kind: "kind"
        case .traceDuration: "traceDuration"
        case .rootName: "rootName"
        case .rootService: "rootServiceName"
        case .spanID, .parentID, .childCount, .traceID, .eventName, .eventTimeSinceStart, .linkTraceID, .linkSpanID,
            .instrumentationName, .instrumentationVersion, .nestedSetLeft, .nestedSetRight, .nestedSetParent, .parent:
            rawValue
        }
    }

    /// The intrinsic of a short name or of one with its scope; nil for any other name.
    package init?(name: String) {
        if let known = Self.byName[name] { self = known } else { return nil }
    }

    /// Names that stand alone, for suggestions.
    static let shortNames = byName.keys.filter { !$0.contains(":") }.sorted()

    private static let byName: [String: Intrinsic] = {
        var names: [String: Intrinsic] = ["childCount": .childCount]
        for intrinsic in allCases {
            names[intrinsic.name] = intrinsic
            names[intrinsic.rawValue] = intrinsic
        }
        return names
    }()
}
