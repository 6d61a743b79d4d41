import TelemetryModel
import Testing
import Verification

@Suite struct RunFileTests {
    private static func sample(_ exit: RunFile.End, isPassed: Bool? = nil) -> RunFile {
        RunFile(
            name: "before", command: ["sh", "-c", "echo \"ä\""],
            start: Timestamp(nanoseconds: 1_795_316_014_029_609_668),
            end: Timestamp(nanoseconds: 1_795_316_014_882_501_425), exit: exit,
            services: [
                .init(name: "", spans: 0, points: 2, logs: 0), .init(name: "shop", spans: 10, points: 1, logs: 5),
            ], isPassed: isPassed, version: "0.1.0")
    }

    @Test(arguments: [RunFile.End.exited(0), .exited(3), .signalled(9), .timedOut])
    func whatIsWrittenReadsBack(_ exit: RunFile.End) throws {
        for isPassed in [nil, true, false] {
            let run = Self.sample(exit, isPassed: isPassed)
            #expect(try RunFile(json: run.json, path: "run.json") == run)
        }
    }

    @Test func countsAreAddedUp() {
        let run = Self.sample(.exited(0))
        #expect([run.spans, run.points, run.logs] == [10, 3, 5])
    }

    @Test func membersThatAreNotKnownAreLeftOut() throws {
        let text = #"{"form":1,"later":[{"x":null}],"name":"a","services":[{"name":"s","spans":"7","colour":1}]}"#
        let run = try RunFile(json: Array(text.utf8), path: "run.json")
        #expect(run.name == "a")
        #expect(run.services == [.init(name: "s", spans: 7, points: 0, logs: 0)])
    }

    @Test(arguments: ["", "[]", "{", #"{"form":2}"#, "{}", #"{"form":1,"start":"x"}"#, #"{"form":1,"command":"a"}"#])
    func whatIsNoRunIsRefused(_ text: String) {
        let error = #expect(throws: VerificationError.self) { try RunFile(json: Array(text.utf8), path: "p/run.json") }
        #expect(error?.code == .invalidFile)
        #expect(error?.message.contains("p/run.json") == true)
    }
}
