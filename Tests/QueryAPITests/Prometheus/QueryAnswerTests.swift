import Codecs
import PromQLEvaluation
import PrometheusModel
import Testing

@testable import QueryAPI

@Suite struct QueryAnswerTests {
    private func text(_ value: QueryValue, limit: Int = 0, warnings: [String] = []) -> String {
        let result = QueryResult(value: value, warnings: warnings)
        return String(decoding: QueryAnswer(result, limit: limit).bytes(), as: UTF8.self)
    }

    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        "a sample's value is the shortest text that reads back",
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-12, "-12"), (0.30000000000000004, "0.30000000000000004"),
            (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (1e-6, "0.000001"),
            (1e-7, "1e-7"), (0.00012, "0.00012"), (123_456.789, "123456.789"), (1e15, "1000000000000000"),
            (999_999_999_999_999, "999999999999999"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (9_007_199_254_740_993.5, "9007199254740994"),
        ] as [(Double, String)])
    func values(value: Double, expected: String) {
        #expect(written { $0.sample(value) } == "\"\(expected)\"")
        #expect(NumberText.json(value) == expected)
        #expect(written { $0.pair(-1500, value) } == "[-1.500,\"\(expected)\"]")
    }

    @Test(
        "a time is seconds with up to three decimals",
        arguments: [
            (0, "0"), (1_435_781_430_781, "1435781430.781"), (500, "0.500"), (-500, "-0.500"), (-1001, "-1.001"),
            (7, "0.007"), (.min, "-9223372036854775.808"), (.max, "9223372036854775.807"),
        ] as [(Int64, String)])
    func times(milliseconds: Int64, expected: String) {
        #expect(written { $0.time(milliseconds) } == expected)
        #expect(written { $0.pair(milliseconds, -0.0) } == "[\(expected),\"-0\"]")
        #expect(written { $0.pair(milliseconds, 999_999_999_999_999) } == "[\(expected),\"999999999999999\"]")
    }

    @Test func `a scalar and a string stand alone`() {
        #expect(
            text(.scalar(time: 4000, value: 2))
                == #"{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}"#)
        #expect(
            text(.string(time: 4500, value: "a\"b\n"))
                == #"{"status":"success","data":{"resultType":"string","result":[4.500,"a\"b\n"]}}"#)
    }

    @Test func `a vector has a value or a histogram for each series`() {
        let histogram = NativeHistogram(
            schema: 1, zeroThreshold: 0.001, zeroCount: 2, count: 12, sum: 18.4,
            positiveSpans: [.init(offset: 0, length: 2), .init(offset: 1, length: 2)],
            negativeSpans: [.init(offset: 0, length: 1)], positiveBuckets: [1, 2, 3, 0], negativeBuckets: [4])
        let answer = text(
            .vector([
                VectorSample(labels: ["__name__": "a", "b": "c"], time: 1000, value: 1.5),
                VectorSample(labels: [:], time: 1000, value: 0, histogram: HistogramBox(histogram)),
            ]))
        #expect(
            answer == #"{"status":"success","data":{"resultType":"vector","result":["#
                + #"{"metric":{"__name__":"a","b":"c"},"value":[1,"1.5"]},"#
                + #"{"metric":{},"histogram":[1,{"count":"12","sum":"18.4","buckets":["#
                + #"[1,"-1","-0.7071067811865475","4"],[3,"-0.001","0.001","2"],[0,"0.7071067811865475","1","1"],"#
                + #"[0,"1","1.414213562373095","2"],[0,"2","2.82842712474619","3"]]}]}]}}"#)
        #expect(
            text(.vector([VectorSample(labels: [:], time: 0, value: 0, histogram: HistogramBox(NativeHistogram()))]))
                .contains(#"{"count":"0","sum":"0"}"#))
    }

    private static let matrix: SeriesSet = {
        var set = SeriesSet()
        set.labels = [["a": "1"], ["a": "2"], ["a": "3"]]
        set.bounds = [0, 2, 5, 6]
        set.times = [0, 500, 0, 500, 1000, 0]
        set.values = [1, 2, 0, 3, 0, 0.5]
        let box = HistogramBox(NativeHistogram(count: 1, sum: 2))
        set.histograms = [nil, nil, box, nil, box, nil]
        return set
    }()

    private static let matrixText =
        #"{"status":"success","data":{"resultType":"matrix","result":["#
        + #"{"metric":{"a":"1"},"values":[[0,"1"],[0.500,"2"]]},"#
        + #"{"metric":{"a":"2"},"values":[[0.500,"3"]],"#
        + #""histograms":[[0,{"count":"1","sum":"2"}],[1,{"count":"1","sum":"2"}]]},"#
        + #"{"metric":{"a":"3"},"values":[[0,"0.5"]]}]}}"#

    @Test func `a matrix lists the samples of each series, numbers apart from histograms`() {
        #expect(text(.matrix(Self.matrix)) == Self.matrixText)
        #expect(text(.matrix(SeriesSet())) == #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#)
    }

    @Test("pieces together are the whole, wherever they are cut", arguments: 1...260)
    func pieces(bytesMax: Int) {
        var answer = QueryAnswer(QueryResult(value: .matrix(Self.matrix)))
        var whole: [UInt8] = []
        var writer = JSONWriter()
        var isMore = true
        while isMore {
            isMore = answer.write(into: &writer, bytesMax: bytesMax)
            whole += writer.bytes
            writer.bytes = []
        }
        #expect(String(decoding: whole, as: UTF8.self) == Self.matrixText)
    }

    @Test func `more series than the limit are cut with a warning`() {
        let cut = text(.matrix(Self.matrix), limit: 1, warnings: ["w"])
        #expect(
            cut == #"{"status":"success","data":{"resultType":"matrix","result":["#
                + #"{"metric":{"a":"1"},"values":[[0,"1"],[0.500,"2"]]}]},"#
                + #""warnings":["w","results truncated due to limit"]}"#)
        #expect(text(.matrix(Self.matrix), limit: 3) == Self.matrixText)
        let items = (0..<3).map { VectorSample(labels: ["a": "\($0)"], time: 0, value: 0) }
        #expect(text(.vector(items), limit: 2).contains("truncated"))
    }

    @Test func `of more than ten annotations the number of the others is told`() {
        let answer = text(.scalar(time: 0, value: 0), warnings: (0..<12).map { "w\($0)" })
        #expect(answer.contains(#""w9","2 more warning annotations omitted"]}"#))
        #expect(!answer.contains("w10"))
    }
}
