import Testing

@testable import martlet

@Suite struct SparklineTests {
    @Test(
        "the lowest value is the lowest bar and the highest the highest",
        arguments: [
            ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"), ([5, 5], "▄▄"), ([1, nil, 2], "▁ █"), ([], ""), ([nil], " "),
            ([-1, 1, .nan, .infinity], "▁█  "), ([-.greatestFiniteMagnitude, .greatestFiniteMagnitude], "▁█"),
        ] as [([Double?], String)])
    func bars(values: [Double?], text: String) {
        #expect(Sparkline.text(values, width: 20) == text)
    }

    @Test func `more values than characters share one by their mean`() {
        #expect(Sparkline.text([0, 2, 8, 8, nil, 4], width: 3) == "▁█▄")
        for width in 1...40 {
            #expect(Sparkline.text((0..<37).map(Double.init), width: width).count == min(width, 37))
        }
    }

    @Test func `only empty buckets are spaces`() {
        #expect(Sparkline.histogram([0, 1, 1000, 500], width: 10) == " ▁█▄")
        #expect(Sparkline.histogram([0, 0], width: 10) == "  ")
    }
}
