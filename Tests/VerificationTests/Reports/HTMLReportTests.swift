import Testing

@testable import Verification

@Suite struct HTMLReportTests {
    @Test func theSectionsAreThoseOfTheTestReport() {
        let html = HTMLReport().render(ReportSamples.whole)
        var rest = html[...]
        for title in [
            "Executive Summary", "Generated Telemetry Files", "Successfully Generated Files",
            "Empty Files (Pending Data)", "Integration Test Examples", "Integration Test Scenarios",
            "Performance Benchmarks", "Validation Checklist", "Summary", "Next Steps",
        ] {
            guard let range = rest.firstRange(of: ">\(title)</h") else {
                Issue.record("\(title) is missing")
                continue
            }
            rest = rest[range.upperBound...]
        }
    }

    @Test(arguments: ReportSamples.names) func thePageNeedsNothingElse(name: String) {
        let html = HTMLReport().render(ReportSamples.named(name))
        for load in ["<script", " src=", "<link", "@import", "url(", "<img", "<iframe", " onclick", " style="] {
            #expect(!html.contains(load), "\(load)")
        }
        #expect(html.contains("default-src 'none'"))
    }

    /// Elements that are opened are closed in order, and no text opens one.
    @Test(arguments: ReportSamples.names) func theMarkUpIsBalanced(name: String) {
        let html = HTMLReport().render(ReportSamples.named(name))
        var open: [Substring] = []
        let known: Set<Substring> = [
            "html", "head", "title", "style", "body", "a", "header", "div", "p", "h1", "dl", "dt", "dd", "nav", "ul",
            "li", "main", "section", "h2", "h3", "h4", "span", "strong", "code", "table", "thead", "tbody", "tr", "th",
            "td", "article", "details", "summary", "pre", "em", "ol", "footer",
        ]
        for piece in html.split(separator: "<", omittingEmptySubsequences: true).dropFirst() {
            let tag = piece.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
            if tag == "meta" || tag == "br" { continue }
            if tag.hasPrefix("/") {
                #expect(open.popLast() == tag.dropFirst())
            } else {
                #expect(known.contains(tag), "\(tag)")
                open.append(tag)
            }
        }
        #expect(open.isEmpty)
    }

    @Test func whatFailsIsOpenAndWhatPassesIsFolded() {
        let html = HTMLReport().render(ReportSamples.mixed)
        #expect(html.contains("<details class=\"check\" open>\n<summary><span class=\"pill failed\">"))
        #expect(html.contains("<details class=\"check\">\n<summary><span class=\"pill passed\">"))
        #expect(html.contains("<details class=\"check\">\n<summary><span class=\"pill skipped\">"))
    }

    @Test func hostileTextIsSpelledOut() {
        let html = HTMLReport().render(ReportSamples.hostileReport)
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(html.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x202E) })
    }
}
