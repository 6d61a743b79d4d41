import Testing

@testable import Receivers

@Suite struct LineSplitterTests {
    private func split(_ pieces: [[UInt8]], max: Int = 100) -> (text: String, outcomes: [LineSplitter.Outcome]) {
        var splitter = LineSplitter(lineBytesMax: max)
        var text: [UInt8] = []
        var outcomes: [LineSplitter.Outcome] = []
        for piece in pieces {
            let outcome = piece.withUnsafeBufferPointer { splitter.take($0) { text += $0 + Array("/".utf8) } }
            outcomes.append(outcome)
        }
        splitter.finish { text += $0 }
        return (String(decoding: text, as: UTF8.self), outcomes)
    }

    @Test func whereAStreamIsCutChangesNothing() {
        let stream = Array("a:1|c\nbb:2|c\n\nccc:3|c\nlast".utf8)
        for first in 0...stream.count {
            for second in first...stream.count {
                let pieces = [Array(stream[..<first]), Array(stream[first..<second]), Array(stream[second...])]
                let text = split(pieces).text.filter { $0 != "/" }
                #expect(Array(text.utf8) == stream)
            }
        }
    }

    @Test func linesAreHandedOnWhole() {
        #expect(split([Array("a\nb".utf8), Array("c\nd".utf8)]).text == "a\n/bc\n/d")
    }

    @Test func aLineThatIsTooLongEndsTheStream() {
        let long = [UInt8](repeating: 0x61, count: 60)
        #expect(split([long, long]).outcomes == [.goesOn, .tooLong])
        #expect(split([long, Array("\n".utf8), long]).outcomes == [.goesOn, .goesOn, .goesOn])
    }

    @Test func httpIsNoStream() {
        #expect(split([Array("POST / HTTP/1.1\r\n\r\na:1|c\n".utf8)]).outcomes == [.isHTTP])
        #expect(split([Array("POST.x:1|c\n".utf8)]).outcomes == [.goesOn])
    }
}
