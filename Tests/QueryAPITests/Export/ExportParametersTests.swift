import TelemetryModel
import Testing

@testable import QueryAPI

@Suite struct ExportParametersTests {
    private func parameters(
        _ subject: ExportSubject, _ query: String?, body: String? = nil
    ) throws -> ExportParameters {
        try ExportParameters(subject, body: body.map { Array($0.utf8) }, query: query)
    }

    @Test func withoutParametersEverythingIsExportedAsLines() throws {
        let all = try parameters(.logs, nil)
        #expect(all.form == .otlpJSONLines)
        #expect(all.start == nil && all.end == nil && all.traces == nil && all.query == nil && all.services.isEmpty)
    }

    @Test func whatRepeatsIsAList() throws {
        let chosen = try parameters(
            .traces, "service=a&service=b%20c&trace=0102&trace=102&trace=4bf92f3577b34da6a3ce929d0e0e4736&start=5&end=6"
        )
        #expect(chosen.services == ["a", "b c"])
        // The first two are one id.
        #expect(chosen.traces?.count == 2)
        #expect(chosen.traces?.first == TraceID(high: 0, low: 0x102))
        #expect(chosen.start == 5)
        #expect(chosen.end == 6)
    }

    @Test func aFormInTheBodyCountsAsTheURLDoes() throws {
        let chosen = try parameters(.metrics, "form=otlp-proto", body: "query=up%7Bjob%3D%22a%22%7D&start=1")
        #expect(chosen.form == .otlpProtobuf)
        #expect(chosen.query == "up{job=\"a\"}")
        #expect(chosen.start == 1)
    }

    @Test(arguments: [
        ("traces", "form=xml"), ("traces", "start=x"), ("traces", "start=-1"), ("traces", "start=2&end=2"),
        ("traces", "trace=zz"), ("traces", "trace=0"), ("traces", "frm=csv"), ("traces", "sql=SELECT+1"),
        ("logs", "form=jaeger-json"), ("metrics", "form=jaeger-json"), ("sql", "form=csv"),
        ("sql", "sql=SELECT+1&form=otlp-jsonl"), ("sql", "sql=SELECT+1&start=1"), ("logs", "query=%zz"),
    ]) func whatIsNotUnderstoodIsRefused(subject: String, query: String) throws {
        let subject = try #require(ExportSubject(rawValue: subject))
        let failure = #expect(throws: TraceUIFailure.self) { _ = try parameters(subject, query) }
        #expect(failure?.status == 400)
    }

    @Test func aStatementIsAsTableByDefault() throws {
        #expect(try parameters(.sql, "sql=SELECT%201").form == .csv)
        #expect(try parameters(.sql, "sql=SELECT%201&form=parquet").statement == "SELECT 1")
    }
}
