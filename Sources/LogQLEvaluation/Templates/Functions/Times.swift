import PrometheusModel

extension LineFunctions {
    /// Moments. Where a server's own time zone would matter it is UTC. A text that is no time is the zero time.
    static let times: TemplateFunctions = [
        "date": TemplateFunction(.string, .any) { arguments throws(TemplateError) in
            guard case .string(let layout) = arguments[0] else { return .none }
            switch arguments[1] {
            case .time(let time): return .string(LineFunctions.layout(layout).print(time.in(.utc)))
            case .int(let seconds):
                return .string(LineFunctions.layout(layout).print(TemplateTime(seconds: Int64(seconds))))
            // Sprig prints the current date then, which is nothing that anybody can want.
            default: throw TemplateError("date of something that is no time")
            }
        },
        "toDate": texts { layout, text throws(TemplateError) in
            .time(LineFunctions.layout(layout).parse(text, in: .utc) ?? .zero)
        },
        "toDateInZone": texts { layout, zone, text throws(TemplateError) in
            .time(LineFunctions.layout(layout).parse(text, in: TimeZoneFiles.zone(zone) ?? .utc) ?? .zero)
        },
        "unixEpoch": moment { String($0.seconds) },
        "unixEpochMillis": moment { String($0.milliseconds) },
        "unixEpochNanos": moment { String($0.nanoseconds) },
        "unixToTime": text { text throws(TemplateError) in .time(try time(ofEpoch: text)) },
    ]

    private static let layouts = LiteralMemory<TimeLayout>()

    private static func layout(_ text: String) -> TimeLayout {
        if let layout = layouts[text] { return layout }
        let layout = TimeLayout(text)
        layouts[text] = layout
        return layout
    }

    private static func moment(_ body: @escaping @Sendable (TemplateTime) -> String) -> TemplateFunction {
        TemplateFunction(.time) { arguments throws(TemplateError) in
            guard case .time(let time) = arguments[0] else { return .none }
            return .string(body(time))
        }
    }

    /// Days, seconds, milliseconds, microseconds or nanoseconds since the Unix epoch, told by the number of digits.
    private static func time(ofEpoch text: String) throws(TemplateError) -> TemplateTime {
        guard let value = Int64(text) else { throw TemplateError("unable to parse time '\(text)'") }
        switch text.utf8.count {
        case 5: return TemplateTime(seconds: value &* 86_400)
        case 10: return TemplateTime(seconds: value)
        case 13: return TemplateTime(milliseconds: value)
        case 16: return TemplateTime(nanoseconds: value &* 1000)
        case 19: return TemplateTime(nanoseconds: value)
        default: throw TemplateError("unable to parse time '\(text)': it has \(text.utf8.count) digits")
        }
    }
}
