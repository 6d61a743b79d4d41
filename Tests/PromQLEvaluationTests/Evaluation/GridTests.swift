import PrometheusModel
import Testing

@testable import PromQLEvaluation

@Suite struct GridTests {
    private let times = TimeGrid(start: 0, step: 10, count: 2)

    @Test func anAbsentFloatIsAStaleMarker() {
        #expect(absent.bitPattern == StaleMarker.bits)
        #expect(isAbsent(StaleMarker.value))
        #expect(!isAbsent(.nan) && !isAbsent(absent + 1) && !isAbsent(-absent))
    }

    @Test func namesGoAtTheEndAndSeriesWithoutValuesToo() throws {
        var grid = Grid(times)
        grid.appendRow(["__name__": "a", "__type__": "counter", "i": "1"], dropsName: true)
        grid.values[1] = 5
        grid.appendRow(["__name__": "b", "i": "2"], dropsName: false)
        let finished = try grid.finished()
        #expect(finished.labels == [["i": "1"]])
        #expect(isAbsent(finished.values[0]) && finished.values[1] == 5)
    }

    @Test func seriesThatBecomeTheSameAreJoinedUnlessBothAreThere() throws {
        var grid = Grid(times)
        for (step, name) in ["a", "b"].enumerated() {
            grid.appendRow(["__name__": name], dropsName: true)
            grid.values[step * 2 + step] = Double(step)
        }
        let finished = try grid.finished()
        #expect(finished.labels == [[:]])
        #expect(finished.values == [0, 1])
        grid.values[1] = 7
        #expect(throws: QueryError.self) { try grid.finished() }
    }

    @Test func histogramsHaveNoFloatBesideThem() {
        var grid = Grid(times)
        grid.appendRow([:], dropsName: false)
        grid.values = [1, 2]
        grid.set(1, HistogramBox(NativeHistogram(count: 3)))
        #expect(grid.isPresent(0) && grid.isPresent(1))
        #expect(isAbsent(grid.values[1]))
        grid.removeHistograms()
        #expect(!grid.isPresent(1))
    }
}
