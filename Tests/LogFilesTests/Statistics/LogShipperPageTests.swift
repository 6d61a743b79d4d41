import Foundation
import TelemetryModel
import Testing

@testable import LogFiles

@Suite struct LogShipperPageTests {
    private func page(_ statistics: LogShipperStatistics) -> LogShipperPage {
        LogShipperPage(LogShipperIdentity(hostName: "host", name: "martlet", uuid: "u-1"), statistics)
    }

    private func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private func value(_ object: [String: Any], _ path: String) -> Int? {
        var current: Any? = object
        for part in path.split(separator: ".") { current = (current as? [String: Any])?[String(part)] }
        return current as? Int
    }

    @Test(arguments: [false, true]) func theRootNamesTheBeat(_ isPretty: Bool) throws {
        let bytes = page(LogShipperStatistics()).info(isPretty: isPretty)
        let root = try object(bytes)
        #expect(root["beat"] as? String == "filebeat")
        #expect(root["version"] as? String == "8.11.0")
        #expect(root["hostname"] as? String == "host")
        #expect(root["uuid"] as? String == "u-1")
        #expect(bytes.contains(0x0A) == isPretty)
    }

    @Test(arguments: [false, true]) func theStatisticsAreThoseOfTheTailing(_ isPretty: Bool) async throws {
        let rig = try LogFileRig()
        try rig.append("1\n2\nDROP\n")
        try rig.append("3\n", to: "b \"quoted\": {[,]}.log")
        try await rig.settle()
        let bytes = page(rig.statistics).stats(at: Timestamp(nanoseconds: 5_000_000_000), isPretty: isPretty)
        let stats = try object(bytes)
        let expected = [
            "beat.info.uptime.ms": 5000, "filebeat.harvester.open_files": 2, "filebeat.harvester.running": 2,
            "filebeat.harvester.started": 2, "filebeat.harvester.closed": 0, "filebeat.events.active": 0,
            "filebeat.events.added": 4, "filebeat.events.done": 4, "libbeat.output.events.acked": 3,
            "libbeat.output.events.total": 3, "libbeat.output.events.failed": 0, "libbeat.output.events.dropped": 0,
            "libbeat.pipeline.events.filtered": 1, "libbeat.pipeline.events.published": 3,
            "registrar.states.current": 2, "registrar.writes.fail": 0, "martlet.lag_bytes": 0,
        ]
        for (path, number) in expected { #expect(value(stats, path) == number, "\(path)") }
        let files = (stats["martlet"] as? [String: Any])?["files"] as? [[String: Any]] ?? []
        #expect(files.compactMap { $0["path"] as? String }.contains(rig.path("b \"quoted\": {[,]}.log")))
    }
}
