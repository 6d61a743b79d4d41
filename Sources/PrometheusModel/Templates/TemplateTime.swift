/// A moment as Go's `time.Time` shows it to templates, in a time zone.
package struct TemplateTime: Sendable {
    /// Since the Unix epoch.
    package let seconds: Int64
    /// 0 to 999 999 999.
    package let nanosecond: Int
    package let zone: TimeZoneTable

    package init(seconds: Int64, nanosecond: Int = 0, zone: TimeZoneTable = .utc) {
        self.seconds = seconds
        self.nanosecond = nanosecond
        self.zone = zone
    }

    package init(milliseconds: Int64) {
        let seconds = Calendar.floorDivide(milliseconds, 1000)
        self.init(seconds: seconds, nanosecond: Int(milliseconds &- seconds &* 1000) * 1_000_000)
    }

    package init(nanoseconds: Int64, zone: TimeZoneTable = .utc) {
        let seconds = Calendar.floorDivide(nanoseconds, 1_000_000_000)
        self.init(seconds: seconds, nanosecond: Int(nanoseconds &- seconds &* 1_000_000_000), zone: zone)
    }

    /// Go's zero time, the first of January of the year 1.
    package static let zero = TemplateTime(seconds: -62_135_596_800)

    /// Since the Unix epoch; wraps round as Go's do where 64 bits are too few.
    package var milliseconds: Int64 { seconds &* 1000 &+ Int64(nanosecond / 1_000_000) }
    package var nanoseconds: Int64 { seconds &* 1_000_000_000 &+ Int64(nanosecond) }

    package func `in`(_ zone: TimeZoneTable) -> TemplateTime {
        TemplateTime(seconds: seconds, nanosecond: nanosecond, zone: zone)
    }

    /// RFC 3339 with as many digits of a second as are needed: `2026-01-02T03:04:05.67Z`.
    package var rfc3339: String { TimeLayout("2006-01-02T15:04:05.999999999Z07:00").print(self) }

    /// Go's `Time.Format`.
    package func format(_ layout: String) -> String { TimeLayout(layout).print(self) }

    // MARK: Methods

    /// Calls a method of `time.Time`.
    ///
    /// - Returns: nil when there is no method of that name (here).
    func call(_ method: String, _ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue? {
        if method == "Format" {
            guard arguments.count == 1 else {
                throw TemplateError("wrong number of args for Format: want 1 got \(arguments.count)")
            }
            guard case .string(let layout) = arguments[0] else {
                throw TemplateError("wrong type for value; expected string; got \(arguments[0].typeName)")
            }
            return .string(format(layout))
        }
        let parts = Calendar.Parts(self)
        let value: TemplateValue
        switch method {
        case "UTC", "Local": value = .time(self.in(.utc))
        case "String": value = .string(description)
        case "Unix": value = .int(Int(seconds))
        case "UnixMilli": value = .int(Int(milliseconds))
        case "UnixMicro": value = .int(Int(seconds &* 1_000_000 &+ Int64(nanosecond / 1000)))
        case "UnixNano": value = .int(Int(nanoseconds))
        case "Year": value = .int(parts.year)
        case "Month": value = .opaque(typeName: "time.Month", text: Calendar.months[parts.month - 1])
        case "Day": value = .int(parts.day)
        case "Hour": value = .int(parts.hour)
        case "Minute": value = .int(parts.minute)
        case "Second": value = .int(parts.second)
        case "Nanosecond": value = .int(nanosecond)
        case "Weekday": value = .opaque(typeName: "time.Weekday", text: Calendar.weekdays[parts.weekday])
        case "YearDay": value = .int(parts.dayOfYear)
        default: return nil
        }
        guard arguments.isEmpty else {
            throw TemplateError("wrong number of args for \(method): want 0 got \(arguments.count)")
        }
        return value
    }
}

extension TemplateTime: CustomStringConvertible {
    /// Go's `Time.String`.
    package var description: String { format("2006-01-02 15:04:05.999999999 -0700 MST") }
}
