import Foundation
import Testing

extension EndToEnd {
    /// The shared runners and cases of traces against a server; each says when it is not there.
    @Suite(.server())
    struct TraceConformanceTests {
        @Test("valid TraceQL is answered, what does not parse or check is refused with 400")
        func traceQL() async throws {
            let server = try ServerProcess.shared
            try await SharedRunner.run("traceql.py", ["--base-url", server.url("tempo")])
        }

        // The sums of its metrics queries are those of an otherwise empty store.
        @Test("TraceQL finds the traces and counts the spans that its specification says")
        func traceQLSemantics() async throws {
            let server = try await ServerProcess.start()
            try await SharedRunner.run(
                "traceql_semantics.py",
                ["--base-url", server.url("tempo"), "--otlp-url", server.url("otlp_http"), "--settle", "0"])
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("Jaeger's integration traces are found by its own queries")
        func jaegerQueries() async throws {
            let server = try ServerProcess.shared
            try await SharedRunner.run(
                "jaeger_queries.py",
                ["--base-url", server.url("jaeger"), "--otlp-url", server.url("otlp_http"), "--settle", "0"])
        }

        @Test("Zipkin's requests have Zipkin's status codes, and its trace is read back")
        func zipkinCases() async throws {
            let server = try ServerProcess.shared
            try await SharedRunner.run("zipkin_cases.py", ["--base-url", server.url("zipkin"), "--settle", "0"])
        }
    }
}
