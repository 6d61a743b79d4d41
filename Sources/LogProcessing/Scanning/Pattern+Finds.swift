import PrometheusModel

extension Pattern {
    /// Whether it matches somewhere in the text.
    func finds(in text: String) -> Bool { groups(in: text, anchored: false) != nil }
}
