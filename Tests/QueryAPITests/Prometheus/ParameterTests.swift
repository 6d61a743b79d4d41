import Testing

@testable import QueryAPI

@Suite struct ParameterTests {
    @Test(
        "times are seconds with a fraction or RFC 3339",
        arguments: [
            ("0", 0), ("4", 4000), ("1435781430.781", 1_435_781_430_781), ("1.0006", 1001), ("-1.5", -1500),
            ("1e3", 1_000_000), ("2015-07-01T20:10:30.781Z", 1_435_781_430_781),
            ("2015-07-01T22:10:30.781999+02:00", 1_435_781_430_781), ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.5Z", -500), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("2000-02-29T12:00:00-00:30", 951_827_400_000), ("1764000000000", 1_764_000_000_000_000),
            ("1e300", TimeParameter.latest), ("-1e300", TimeParameter.earliest), ("+Inf", TimeParameter.latest),
            ("9223372036854775807", TimeParameter.latest),
        ] as [(String, Int64)])
    func times(text: String, milliseconds: Int64) {
        #expect(TimeParameter.parse(text) == milliseconds)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "x", "", "NaN", "nan(0x1)", "2015-07-01", "2015-07-01 20:10:30Z", "2015-13-01T00:00:00Z",
            "2015-02-29T00:00:00Z", "2015-07-01T24:00:00Z", "2015-07-01T20:10:30", "2015-07-01T20:10:30.Z", "1 ",
            "now", "1e400", "-1e400",
        ])
    func noTimes(text: String) {
        #expect(TimeParameter.parse(text) == nil)
    }

    @Test(
        "durations are seconds or numbers with units",
        arguments: [
            ("15", 15_000_000_000), ("0.5", 500_000_000), ("-1", -1_000_000_000), ("1h30m", 5_400_000_000_000),
            ("1y", 31_536_000_000_000_000), ("250ms", 250_000_000), ("0", 0),
        ] as [(String, Int64)])
    func durations(text: String, nanoseconds: Int64) throws {
        let duration = try DurationParameter.parse(text)
        #expect(duration == nanoseconds)
    }

    @Test(
        "what is no duration is refused in the words of Prometheus",
        arguments: [
            ("", "cannot parse \"\" to a valid duration"), ("soon", "cannot parse \"soon\" to a valid duration"),
            ("1m1h", "cannot parse \"1m1h\" to a valid duration"), ("NaN", "cannot parse \"NaN\" to a valid duration"),
            ("1e30", "cannot parse \"1e30\" to a valid duration. It overflows int64"),
            ("300y", "cannot parse \"300y\" to a valid duration"),
            ("99999999999999999999s", "cannot parse \"99999999999999999999s\" to a valid duration"),
        ])
    func noDurations(text: String, message: String) {
        #expect(throws: PrometheusFailure(.badData, "invalid parameter \"step\": " + message)) {
            try DurationParameter.parse(text, name: "step")
        }
    }

    @Test("a form's parameters come before those of the URL, and names repeat")
    func forms() throws {
        let form = try FormParameters(
            body: Array("match[]=a%7Bb%3D%22c%22%7D&match%5B%5D=x+y&empty=&flag".utf8), query: "match[]=z&query=1%2B1")
        #expect(form.all("match[]") == ["a{b=\"c\"}", "x y", "z"])
        #expect(form["query"] == "1+1")
        #expect(form["flag"] == "" && form["nothing"] == "")
    }

    @Test("a broken escape and text that is not UTF-8 are refused", arguments: ["a=%", "a=%4", "a=%zz", "a=%ff"])
    func brokenForms(text: String) {
        #expect(throws: PrometheusFailure.self) { try FormParameters(body: nil, query: text) }
    }

    @Test(
        "numbers are refused in Go's words",
        arguments: [
            ("x", "strconv.Atoi: parsing \"x\": invalid syntax"), ("-1", "limit must be non-negative"),
            ("99999999999999999999", "strconv.Atoi: parsing \"99999999999999999999\": value out of range"),
            ("1.5", "strconv.Atoi: parsing \"1.5\": invalid syntax"),
        ])
    func limits(text: String, message: String) {
        #expect(throws: PrometheusFailure(.badData, "invalid parameter \"limit\": " + message)) {
            try NumberParameter.limit(FormParameters([("limit", text)]))
        }
    }

    @Test(
        "escaped names are read",
        arguments: [
            ("job", "job"), ("U__http_2e_status", "http.status"), ("U__a__b", "a_b"), ("U___3c3_", "σ"),
            ("U__bad_", "U__bad_"), ("U__bad_zz_", "U__bad_zz_"), ("U__bad_110000_", "U__bad_110000_"), ("U__", ""),
        ])
    func names(escaped: String, name: String) {
        #expect(EscapedName.unescaped(escaped) == name)
    }

    @Test(
        "gzip is taken when the header has it and does not refuse it",
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("deflate, gzip;q=0.5", true), ("gzip;q=0", false),
            ("gzip; q=0.0, *", false), ("*", true), ("br", false), ("GZIP", true),
        ] as [(String?, Bool)])
    func encodings(header: String?, isTaken: Bool) {
        #expect(AcceptEncoding.takesGzip(header) == isTaken)
    }
}
