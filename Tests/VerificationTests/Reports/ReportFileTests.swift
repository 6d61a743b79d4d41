import Testing

@testable import Verification

@Suite struct ReportFileTests {
    @Test(arguments: [
        ("a.md", "# small"), ("dir.x/a.html", "<!DOCTYPE html>"), ("a.HTML", "<!DOCTYPE html>"), ("a.json", "{"),
        ("junit.xml", "<?xml"), ("a.b.tap", "TAP version 14"),
    ]) func theSuffixSaysWhichForm(path: String, start: String) throws {
        #expect(try ReportFile.render(ReportSamples.passed, path: path).hasPrefix(start))
    }

    @Test(arguments: ["report", "report.pdf", "md", "", "a.md/"]) func anotherSuffixIsRefusedAndOursAreNamed(
        path: String
    ) {
        do {
            _ = try ReportFile.renderer(path: path)
            Issue.record("\(path) was taken")
        } catch {
            #expect(error.code == .unsupported)
            #expect(error.message.hasSuffix("there are .md, .html, .json, .xml, .tap"))
        }
    }
}
