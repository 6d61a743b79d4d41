import Testing

@testable import martlet

/// Collects what is written; the closure of a progress line may not capture a local variable that it changes.
private final class Recorder {
    var text = ""
}

@Suite struct ProgressLineTests {
    @Test func `without a terminal there is a plain line at every tenth`() {
        let recorder = Recorder()
        var progress = ProgressLine(isTerminal: false, width: 80) { recorder.text += $0 }
        for step in 0...1_000 {
            progress.update(Double(step) / 1_000, "importing")
        }
        progress.finish()
        #expect(recorder.text == (1...10).map { "\($0 * 10) % importing\n" }.joined())
    }

    @Test func `a terminal is redrawn in place, not at every call, and ends on a new line`() {
        let recorder = Recorder()
        var progress = ProgressLine(isTerminal: true, width: 40) { recorder.text += $0 }
        for step in 0...100_000 {
            progress.update(Double(step) / 200_000, "row \(step) \u{1B}[2J")
        }
        progress.finish()
        let drawings = recorder.text.split(separator: "\r")
        #expect(drawings.count < 1_000)
        #expect(drawings.last == "████████████              50 % row 100…\u{1B}[K\n")
        #expect(!recorder.text.contains("\u{1B}[2J"))
    }

    @Test(arguments: [Double.nan, -1, 2, .infinity, -.infinity])
    func `a fraction that is none does not trap`(fraction: Double) {
        let recorder = Recorder()
        var progress = ProgressLine(isTerminal: true, width: 1) { recorder.text += $0 }
        progress.update(fraction, "x")
        progress.finish()
        #expect(recorder.text.hasSuffix("\n"))
    }
}
