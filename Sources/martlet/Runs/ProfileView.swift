import Codecs
import TelemetryModel
import TraceAnalysis
import Verification

/// What a run that is read from files or a server holds: its operations.
struct ProfileView {
    let profile: RunProfile

    private var operations: [(service: String, name: String, profile: OperationProfile)] {
        profile.operations.map { ($0.key.service, $0.key.operation, $0.value) }.sorted {
            ($0.service, $0.name) < ($1.service, $1.name)
        }
    }

    var text: String {
        let facts = [
            ("traces", profile.traceCount), ("spans", profile.spanCount), ("points", profile.pointCount),
            ("logs", profile.logCount),
        ]
        var text = TerminalText.escaped(profile.title) + ": "
        text += facts.map { "\(HumanText.count($0.1)) \($0.0)" }.joined(separator: ", ") + " in "
        text += HumanText.duration(Int64(exactly: (profile.seconds * 1e9).rounded()) ?? .max) + "\n\n"
        return text
            + TextTable(
                columns: [("service", .left), ("operation", .left), ("spans", .right), ("errors", .right)],
                rows: operations.map { one in
                    [one.service, one.name, HumanText.count(one.profile.count), HumanText.count(one.profile.errors)]
                }
            ).text(width: nil)
    }

    /// `title`, `seconds`, `traces`, `spans`, `points`, `logs`, `operations` (`service`, `name`, `spans`, `errors`).
    var json: [UInt8] {
        var json = JSONWriter()
        json.open("{")
        json.key("title")
        json.string(profile.title)
        json.key("seconds")
        json.double(profile.seconds)
        json.key("traces")
        json.integer(profile.traceCount)
        json.key("spans")
        json.integer(profile.spanCount)
        json.key("points")
        json.integer(profile.pointCount)
        json.key("logs")
        json.integer(profile.logCount)
        json.key("operations")
        json.open("[")
        for one in operations {
            json.separate()
            json.open("{")
            json.key("service")
            json.string(one.service)
            json.key("name")
            json.string(one.name)
            json.key("spans")
            json.integer(one.profile.count)
            json.key("errors")
            json.integer(one.profile.errors)
            json.close("}")
        }
        json.close("]")
        json.close("}")
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
