import PrometheusModel
import TestSupport
import Testing

@testable import Codecs

/// Pages with random edits are read or refused, and never trap; whatever is accepted has labels that are in order.
@Suite struct ExpositionMutationTests {
    private static let text = """
        # HELP a_total Some \\\\ help
        # TYPE a_total counter
        a_total{b="c\\"",d="é"} 1.5e3 1395066363000
        {"my.metric", e="f",} +Inf
        # TYPE h histogram
        h_bucket{le="0.5"} 12
        h_bucket{le="+Inf"} 123456789012345678901
        """
    private static let openMetrics = """
        # HELP a_seconds Some \\\\ help
        # TYPE a_seconds counter
        # UNIT a_seconds seconds
        a_seconds_total{b="c\\"",d="é"} 1.5e3 1395066363.5 # {trace_id="x","y.z"="w"} 1 2.5
        a_seconds_created{b="c\\"",d="é"} 1395066363.5
        # TYPE "h.i" histogram
        {"h.i_bucket",le="0.5"} 12 # {} 3
        {"h.i_created"} 17
        # EOF

        """
    private static let protobuf = FamilyEncoder.stream([
        FamilyEncoder.message {
            $0.text(1, "a_seconds")
            $0.text(2, "Help")
            $0.integer(3, 4)
            $0.message(4) {
                $0.label(1, "b", "é")
                $0.integer(6, 1234)
                $0.message(7) {
                    $0.integer(1, 6)
                    $0.double(2, 2)
                    $0.message(3) {
                        $0.integer(1, 4)
                        $0.double(2, 1)
                        $0.message(3) {
                            $0.label(1, "trace_id", "x")
                            $0.time(3, seconds: 1)
                        }
                    }
                    $0.signed(5, 3)
                    $0.span(9, -2, 1)
                    $0.packedSigned(10, [3])
                    $0.span(12, 4, 2)
                    $0.packedSigned(13, [1, 1])
                    $0.time(15, seconds: 5)
                }
            }
            $0.text(5, "seconds")
        },
        FamilyEncoder.message {
            $0.text(1, "s")
            $0.integer(3, 2)
            $0.message(4) {
                $0.message(4) {
                    $0.integer(1, 7)
                    $0.message(3) { $0.double(1, 0.5) }
                }
            }
        },
    ])

    @Test(arguments: ExpositionFormat.allCases)
    func editsNeverTrap(format: ExpositionFormat) {
        let seed =
            switch format {
            case .text: Array(Self.text.utf8)
            case .openMetrics: Array(Self.openMetrics.utf8)
            case .protobuf: Self.protobuf
            }
        var options = ExpositionParser.Options()
        options.keepsClassicHistograms = true
        #expect((try? RecordingExpositionSink.read(seed, format, options)) != nil)
        var random = SplitMix64(seed: 3)
        let likely: [UInt8] = Array("\"\\{},=# \t\n0e.-_aEOF".utf8) + [0, 0x80, 0xFF]
        var accepted = 0
        for _ in 0..<6000 {
            var page = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) where !page.isEmpty {
                let place = Int.random(in: 0..<page.count, using: &random)
                let byte =
                    Bool.random(using: &random)
                    ? likely.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: page.insert(byte, at: place)
                case 1: page.remove(at: place)
                case 2: page.removeSubrange(place..<min(page.count, place + 9))
                case 3: page.insert(contentsOf: page[place..<min(page.count, place + 20)], at: place)
                default: page[place] = byte
                }
            }
            guard let sink = try? RecordingExpositionSink.read(page, format, options) else { continue }
            accepted += 1
            for labels in sink.samples.map(\.labels) + sink.histograms.map(\.labels) {
                #expect(labels == Labels(labels.entries) && !labels.metricName.isEmpty)
            }
        }
        #expect(accepted > 0)
    }
}
