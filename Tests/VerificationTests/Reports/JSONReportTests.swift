import Codecs
import Testing

@testable import Verification

@Suite struct JSONReportTests {
    @Test func membersAreInTheirOrder() {
        var report = ReportSamples.whole
        report.suites.removeLast()
        report.suites[0].checks.removeFirst()
        report.suites[0].checks.removeLast()
        report.figures.removeFirst()
        #expect(
            JSONReport().render(report) == """
                {"schemaVersion":1,"name":"checkout","subject":"http://127.0.0.1:3000","passed":false,\
                "start":"2026-01-02T03:04:05.678Z","durationNanoseconds":1250000000,\
                "counts":{"checks":1,"passed":0,"failed":1,"vacuous":0,"broken":0,"skipped":0,"examined":9},\
                "command":{"words":["python","app.py","it's"],"passed":false,"end":"exited","code":3,"reason":"",\
                "durationNanoseconds":2500000000,"cpuNanoseconds":310000000},\
                "suites":[{"name":"correlation","title":"Logs belong to traces.","passed":false,"checks":[\
                {"name":"logs carry a trace id","outcome":"failed","message":"2 of 9 log records do not",\
                "expected":"9 records","actual":"7 records",\
                "evidence":["INFO \\"started\\" of checkout","WARN \\"retry\\" of checkout"],\
                "nearestMisses":["INFO \\"started\\": trace_id has 31 digits"],"examined":9,"durationNanoseconds":0,\
                "location":{"file":"expectations.yaml","line":7,"column":3}}]}],\
                "files":[{"path":"data/traces/traces.jsonl","bytes":1573,"items":12,"form":"OTLP JSON",\
                "description":"Spans of checkout"},{"path":"data/logs/logs.jsonl","bytes":0,"items":0,\
                "form":"OTLP JSON","description":"No log record came"}],\
                "samples":[{"title":"A span","language":"json","text":"{\\n  \\"name\\": \\"database.insert\\"\\n}"}],\
                "figures":[{"name":"Log delay","value":"7.0 s","acceptable":"0–5 s","isAcceptable":false},\
                {"name":"Overhead","value":"not measured: no process","acceptable":"0–5 %","isAcceptable":null}]}

                """)
    }

    @Test(arguments: ReportSamples.names) func everyReportIsOneValueOnOneLine(name: String) throws {
        let text = JSONReport().render(ReportSamples.named(name))
        #expect(text.filter { $0 == "\n" }.count == 1)
        try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(DecodeError) in
            var reader = JSONReader(bytes)
            try reader.skipValue()
            try reader.finish()
        }
    }
}
