package import PrometheusModel

/// The template of a `line_format` or of one label of a `label_format`, made ready once for many lines.
///
/// - Missing labels are empty.
/// - Cost: a template of nothing but text, labels and calls is a list of steps over bytes; what has conditions, loops or
///   variables goes through the tree.
/// - Bounds: `TemplateLimits`.
/// - Spec: Loki, "Template functions"; Go, package text/template.
package struct LineTemplate: Sendable {
    /// Why the template could not be executed for a line; goes into `__error_details__`, with `TemplateFormatErr` as
    /// `__error__`.
    package struct Failure: Error, Sendable, Equatable {
        package let message: String
    }

    /// What a template reads of a line's labels.
    package enum Labels: Sendable, Equatable {
        /// Only these, each once; `expand` asks for them by their index here.
        case some([String])
        /// Any: the dot is used as a whole (`{{ range $name, $value := . }}`, `{{ index . .key }}`).
        case all
    }

    /// What the template reads.
    package let labels: Labels
    /// Whether it looks at the line's text.
    package let readsLine: Bool

    private let template: Template
    private let names: [String]
    /// Nil when only the tree can say it.
    private let steps: [LineTemplateStep]?
    private let needsTimes: Bool

    /// - Parameters:
    ///   - text: of the template.
    ///   - name: for messages; Loki has `line`, and `label` for labels.
    /// - Throws: as Go words it: `template: line:1: function "nosuch" not defined`.
    package init(_ text: String, name: String = "line") throws(TemplateError) {
        template = try Template(text, name: name, functions: LineFunctions.names)
        let reading = template.reading
        let names = reading.fields.sorted()
        self.names = names
        labels = reading.readsAll ? .all : .some(names)
        readsLine = reading.functions.contains("__line__")
        needsTimes = !reading.functions.isDisjoint(with: ["__timestamp__", "now"])
        steps =
            reading.readsAll
            ? nil : template.pieces(LineFunctions.all).flatMap { LineTemplateStep.steps($0, names: names) }
    }

    /// Appends the template's result for one line.
    ///
    /// - Parameters:
    ///   - line: the line's text as it is now.
    ///   - time: nanoseconds since the Unix epoch.
    ///   - now: what the function `now` gives, nanoseconds since the Unix epoch.
    ///   - output: gets the result; when it fails, is as before.
    ///   - label: the value of the label `labels[index]`, nil or empty when there is none; its bytes are used before the
    ///     next call of any closure only. With `labels == .all` it is not called.
    ///   - allLabels: every label of the line (those of the stream, metadata, parsed); called with `.all` only.
    package func expand(
        line: UnsafeBufferPointer<UInt8>, time: Int64, now: Int64, into output: inout [UInt8],
        label: (_ index: Int) -> UnsafeBufferPointer<UInt8>?, allLabels: () -> [String: String]
    ) throws(Failure) {
        let before = output.count
        // A line may be longer than what templates make of nothing.
        let bytesMax = TemplateLimits.outputBytesMax + line.count
        var context: [TemplateValue] = []
        if let steps {
            var isDone = true
            for step in steps {
                // What only copies the line's bytes needs no text of them.
                if context.isEmpty, step.needsContext { context = self.context(line, time, now) }
                isDone = step.run(line: line, label: label, context: context, into: &output)
                if !isDone { break }
            }
            if isDone, output.count - before <= bytesMax { return }
            output.removeSubrange(before...)
        }
        if context.isEmpty { context = self.context(line, time, now) }
        var values: [String: String] = [:]
        switch labels {
        case .all: values = allLabels()
        case .some(let names):
            for (index, name) in names.enumerated() {
                if let value = label(index), !value.isEmpty { values[name] = String(decoding: value, as: UTF8.self) }
            }
        }
        do throws(TemplateError) {
            let text = try template.expand(
                .texts(values), functions: LineFunctions.all, context: context, outputBytesMax: bytesMax)
            output += text.utf8
        } catch {
            throw Failure(message: error.message)
        }
    }

    private func context(_ line: UnsafeBufferPointer<UInt8>, _ time: Int64, _ now: Int64) -> [TemplateValue] {
        [
            readsLine ? .string(String(decoding: line, as: UTF8.self)) : .none,
            needsTimes ? .time(TemplateTime(nanoseconds: time)) : .none,
            needsTimes ? .time(TemplateTime(nanoseconds: now)) : .none,
        ]
    }
}
