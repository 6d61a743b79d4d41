import Testing

@testable import Verification

struct ComparisonTests {
    @Test(arguments: [
        (Number.int(200), Number.double(200), true), (.int(1 << 53 + 1), .double(0x1p53), false),
        (.int(.max), .double(0x1p63), false), (.int(.min), .double(-0x1p63), true),
        (.double(.nan), .double(.nan), true),
        (.int(0), .double(-0.0), true), (.int(1), .double(.nan), false), (.int(-1), .double(-0.5), false),
    ])
    func numbersCompareByValue(_ left: Number, _ right: Number, _ areEqual: Bool) {
        #expect(left.equals(right) == areEqual)
        #expect(right.equals(left) == areEqual)
    }

    @Test func orderOfIntegersAndDoublesIsExact() {
        #expect(Number.int(.max).order(.double(0x1p63)) == .below)
        #expect(Number.double(0x1p63).order(.int(.max)) == .above)
        #expect(Number.int(-1).order(.double(-0.5)) == .below)
        #expect(Number.int(-1).order(.double(-1.5)) == .above)
        #expect(Number.int(1).order(.double(.nan)) == nil)
        #expect(Number.int(1).order(.double(.infinity)) == .below)
    }

    @Test func percentilesAreTheNearestRank() {
        let values = Array(1...20)
        #expect(Percentile.nearestRank(0.95, of: values) == 19)
        #expect(Percentile.nearestRank(0.5, of: values) == 10)
        #expect(Percentile.nearestRank(0.999, of: values) == 20)
        #expect(Percentile.nearestRank(0.5, of: [7]) == 7)
        #expect(Percentile.nearestRank(0.5, of: [Int]()) == 0)
    }

    @Test(arguments: [
        (0, "0 s"), (1, "1 ns"), (1_500, "1.5 µs"), (512_345_678, "512.346 ms"), (90_000_000_000, "90 s"),
    ])
    func durationsAreShownInTheLargestUnit(_ nanoseconds: Double, _ text: String) {
        #expect(FigureText.duration(nanoseconds) == text)
    }
}
