import LogProcessing
import TelemetryModel
import Testing

@testable import LogFiles

@Suite struct TailedFileTests {
    private static let start = Timestamp(nanoseconds: 1_000_000_000_000)
    private static func time(_ seconds: Double) -> Timestamp {
        Timestamp(nanoseconds: start.nanoseconds + Int64(seconds * 1e9))
    }
    private static func status(_ size: Int, links: Int = 1, modified: Int64 = 1) -> FileStatus {
        FileStatus(identity: FileIdentity(device: 1, inode: 2), size: size, modified: modified, links: links)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Read and caught up with 100 bytes; the last line begins here.
        var lineStart = 100
        var size = 100
        var links = 1
        var modified: Int64 = 1
        var hasName = true
        var hasPending = false
        var idle: Double
        var expected: TailedFile.Action
    }

    static let cases: [Case] = [
        Case(testDescription: "nothing new", idle: 1, expected: .none),
        Case(testDescription: "more bytes", size: 101, idle: 1, expected: .read),
        Case(testDescription: "fewer bytes", size: 99, idle: 1, expected: .restart),
        Case(testDescription: "as many bytes, written again", modified: 2, idle: 1, expected: .read),
        Case(testDescription: "a half line stays", lineStart: 90, idle: 100, expected: .none),
        Case(testDescription: "silent for long", idle: 300, expected: .close(.inactive)),
        Case(testDescription: "an event waits", hasPending: true, idle: 0.5, expected: .none),
        Case(testDescription: "an event waited", hasPending: true, idle: 1, expected: .flush),
        Case(testDescription: "renamed, half line", lineStart: 90, hasName: false, idle: 4, expected: .none),
        Case(testDescription: "renamed, half line, silent", lineStart: 90, hasName: false, idle: 5, expected: .finish),
        Case(testDescription: "renamed, at its end", hasName: false, idle: 5, expected: .none),
        Case(testDescription: "renamed, silent for long", hasName: false, idle: 300, expected: .close(.inactive)),
        Case(testDescription: "deleted, more bytes", size: 101, links: 0, idle: 5, expected: .read),
        Case(testDescription: "deleted just now", links: 0, idle: 0.5, expected: .none),
        Case(testDescription: "deleted", links: 0, idle: 1, expected: .close(.deleted)),
        Case(testDescription: "deleted, half line", lineStart: 90, links: 0, idle: 1, expected: .finish),
    ]

    @Test(arguments: cases) func action(_ item: Case) {
        var input = LogFileInput(paths: [])
        input.multiline.timeout = .seconds(1)
        var file = TailedFile(lineStart: 0, tail: .empty, times: TailedFile.Times(input), at: Self.start)
        #expect(file.observe(Self.status(100), hasPending: false, at: Self.start) == .read)
        file.advance(to: item.lineStart, tail: .empty, at: Self.start)
        file.caughtUp(with: Self.status(100).signature, at: Self.start)
        file.setHasName(item.hasName, at: Self.start)
        let status = Self.status(item.size, links: item.links, modified: item.modified)
        let action = file.observe(status, hasPending: item.hasPending, at: Self.time(item.idle))
        #expect(action == item.expected)
    }

    @Test func aHalfLineIsTakenOnce() {
        let input = LogFileInput(paths: [])
        var file = TailedFile(lineStart: 90, tail: .empty, times: TailedFile.Times(input), at: Self.start)
        file.caughtUp(with: Self.status(100).signature, at: Self.start)
        file.setHasName(false, at: Self.start)
        #expect(file.observe(Self.status(100), hasPending: false, at: Self.time(6)) == .finish)
        file.advance(to: 100, tail: .empty, at: Self.time(6))
        file.finished()
        #expect(file.observe(Self.status(100), hasPending: false, at: Self.time(20)) == .none)
    }

    @Test func growingHalfLinesKeepAFileOpen() {
        let input = LogFileInput(paths: [])
        var file = TailedFile(lineStart: 0, tail: .empty, times: TailedFile.Times(input), at: Self.start)
        for second in 1..<10 {
            let status = Self.status(second)
            #expect(file.observe(status, hasPending: false, at: Self.time(Double(second) * 200)) == .read)
            file.caughtUp(with: status.signature, at: Self.time(Double(second) * 200))
        }
        #expect(file.observe(Self.status(9), hasPending: false, at: Self.time(9 * 200 + 299)) == .none)
    }

    @Test func aLongLineIsLookedThroughOnce() {
        let input = LogFileInput(paths: [])
        var file = TailedFile(lineStart: 10, tail: .empty, times: TailedFile.Times(input), at: Self.start)
        file.scanned(to: 5000, tail: .empty, at: Self.start)
        #expect(file.position == 5000)
        #expect(file.lineStart == 10)
        #expect(file.observe(Self.status(4999), hasPending: false, at: Self.start) == .restart)
        file.restart(at: Self.start)
        #expect(file.position == 0)
        #expect(file.holeEnd == 5000)
    }
}
