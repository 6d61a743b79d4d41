import Codecs

/// Which text format a scraper gets.
enum ExpositionChoice {
    /// The best of what the header accepts; text when it accepts neither or does not say.
    ///
    /// - Parameter takesOpenMetrics: false where only text is given, as in federation.
    /// - Spec: RFC 9110, section 12.5.1; Prometheus, "Content negotiation" (parameter `escaping`).
    static func writer(
        accept: String?, takesOpenMetrics: Bool, nativeHistograms: ExpositionWriter.NativeHistograms
    ) -> ExpositionWriter {
        var best: (form: ExpositionWriter.Form, quality: Double, names: ExpositionWriter.Names)?
        for entry in (accept ?? "").split(separator: ",") {
            let parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            func parameter(_ name: String) -> String? {
                parts.dropFirst().first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
            }
            let form: ExpositionWriter.Form
            switch parts.first {
            case "text/plain", "text/*", "*/*": form = .text
            case "application/openmetrics-text" where takesOpenMetrics && parameter("version") != "0.0.1":
                form = .openMetrics
            default: continue
            }
            let quality = parameter("q").flatMap(Double.init) ?? 1
            guard quality > 0, quality > best?.quality ?? 0 else { continue }
            best = (form, quality, parameter("escaping") == "allow-utf-8" ? .quoted : .underscores)
        }
        return ExpositionWriter(
            best?.form ?? .text, names: best?.names ?? .underscores, nativeHistograms: nativeHistograms)
    }
}
