/// A parsed text in the language of Go's text/template, as the labels and annotations of alerts use it.
///
/// - Missing keys are the zero value of the map's type (`missingkey=zero`).
/// - Bounds: `TemplateLimits`; a run over one of them is an error.
/// - Spec: Go, package text/template; Prometheus, "Template reference".
package struct Template: Sendable {
    package let name: String
    let text: String
    let nodes: [TemplateNode]
    /// Made by `define` and `block`.
    let templates: [String: [TemplateNode]]

    /// - Parameters:
    ///   - name: for messages.
    ///   - functions: names that the text may call.
    /// - Throws: `template: name:line: …`
    package init(_ text: String, name: String, functions: Set<String>) throws(TemplateError) {
        guard text.utf8.count <= TemplateLimits.sourceBytesMax else {
            throw TemplateError("template: \(name): text is longer than \(TemplateLimits.sourceBytesMax) bytes")
        }
        var parser = TemplateParser(text, name: name, functions: functions)
        do throws(TemplateError) {
            nodes = try parser.parse()
        } catch {
            throw TemplateError("template: \(name):\(parser.line): \(error.message)")
        }
        templates = parser.templates
        self.name = name
        self.text = text
    }

    /// Executes the template; its functions may have to wait.
    ///
    /// - Parameters:
    ///   - data: the dot.
    ///   - functions: bodies of all functions that the text was parsed with.
    /// - Throws: `template: name:line:column: executing "name" at <…>: …`
    package func expand(
        _ data: TemplateValue, functions: TemplateFunctions
    ) async throws(TemplateError) -> String {
        if nodes.count == 1, case .text(let text) = nodes[0] { return text }
        var answers: [Result<TemplateValue, TemplateError>] = []
        while true {
            let run = TemplateRun(self, data: data, functions: functions, answers: answers)
            do throws(TemplateError) {
                return try run.run()
            } catch {
                guard let question = run.question else { throw error }
                guard answers.count < TemplateLimits.questionsMax else {
                    throw TemplateError("template: \(name): more than \(TemplateLimits.questionsMax) queries")
                }
                do throws(TemplateError) {
                    answers.append(.success(try await question.call(question.arguments)))
                } catch {
                    answers.append(.failure(error))
                }
            }
        }
    }

    /// Executes the template at once.
    ///
    /// - Parameters:
    ///   - data: the dot.
    ///   - functions: bodies of all functions that the text was parsed with; none may have to wait.
    ///   - context: what functions made by `TemplateFunction(context:)` give.
    ///   - outputBytesMax: bound of the result, and of any text that it is made of.
    /// - Throws: as `expand(_:functions:)`.
    package func expand(
        _ data: TemplateValue, functions: TemplateFunctions, context: [TemplateValue],
        outputBytesMax: Int = TemplateLimits.outputBytesMax
    ) throws(TemplateError) -> String {
        if nodes.count == 1, case .text(let text) = nodes[0] { return text }
        let run = TemplateRun(
            self, data: data, functions: functions, context: context, outputBytesMax: outputBytesMax)
        return try run.run()
    }
}
