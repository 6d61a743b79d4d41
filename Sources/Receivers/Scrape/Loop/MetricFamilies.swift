import Codecs
import PrometheusModel

/// The metadata of a page's families, kept between scrapes so that series find theirs by number.
struct MetricFamilies {
    /// Families that are remembered; a target that names more of them than this makes names up.
    private static let countMax = 100_000

    private var numbers: [String: Int] = [:]
    private var metadata: [MetricMetadata] = []
    /// The family of the last line.
    private var current = (name: [UInt8](), number: -1)

    subscript(number: Int) -> MetricMetadata { number < 0 ? MetricMetadata() : metadata[number] }

    mutating func change(_ family: ExpositionText, _ change: (inout MetricMetadata) -> Void) {
        if current.number < 0 || !current.name.elementsEqual(family.raw) {
            let name = family.string
            let number = numbers[name] ?? metadata.count
            if number == metadata.count {
                guard number < Self.countMax else { return }
                numbers[name] = number
                metadata.append(MetricMetadata())
            }
            current = (Array(family.raw), number)
        }
        change(&metadata[current.number])
    }

    /// Endings that series of a family may have beside their family's name.
    private static let endings = ["_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum"]

    /// The number of a series' family; -1 when the page says nothing of it.
    func number(ofSeriesNamed name: String) -> Int {
        if let number = numbers[name] { return number }
        for ending in Self.endings where name.hasSuffix(ending) {
            if let number = numbers[String(name.dropLast(ending.count))] { return number }
        }
        return -1
    }
}
