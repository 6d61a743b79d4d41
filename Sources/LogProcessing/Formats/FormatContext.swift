import TelemetryModel

/// What the formats need to know of the world.
struct FormatContext {
    let zone: LogTimeZone
    let readTime: Timestamp
    /// Whether the configuration says that the lines are of the format: then what could as well be prose is read so.
    var isForced = false
}
