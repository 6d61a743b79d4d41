import ArgumentParser
import TelemetryModel
import Testing

@testable import martlet

@Suite struct LoadCommandTests {
    @Test(
        arguments: [
            "--items 0", "--batch 0", "--batch 100001", "--rate 0", "--rate -1", "--rate nan", "--rate inf",
            "--duration 0s", "--duration 8d", "--duration 10", "--duration 1s --items 5", "--connections 0",
            "--connections 1001", "--trace-spans 0", "--shape square", "--signal spans", "--protocol http",
            "--compression zstd", "--seed -1", "--no-such-option",
        ])
    func `what cannot be meant is refused`(line: String) {
        #expect(throws: (any Error).self) { _ = try LoadCommand.parse(line.split(separator: " ").map(String.init)) }
    }

    @Test func `the plan is that of the options`() throws {
        let plain = try LoadCommand.parse([]).plan
        #expect(plain == LoadPlan(signals: [.traces], batch: 500, end: .after(.seconds(10)), rate: nil))
        let all = try LoadCommand.parse(["--signal", "all", "--items", "7", "--batch", "3", "--rate", "2.5"]).plan
        #expect(all == LoadPlan(signals: [.traces, .metrics, .logs], batch: 3, end: .items(7), rate: 2.5))
    }

    @Test func `the statements name the run`() {
        let run = RunIdentity(id: 0xAB)
        for signal in LoadSignal.all.signals {
            let statement = StoredCount.statement(signal, run: run, slice: 1, of: 3)
            #expect(statement.contains("attributes['martlet.load.run'] = '00000000000000ab'"))
            #expect(statement.contains("% 3 = 1"))
        }
    }
}
