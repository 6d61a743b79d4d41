/// A function that templates call, with what it takes.
package struct TemplateFunction: Sendable {
    /// The type of a parameter; anything else is an error before the function is called.
    package enum Parameter: Sendable {
        case any, string, int, float, time, sample, samples

        var typeName: String {
            switch self {
            case .any: "interface {}"
            case .string: "string"
            case .int: "int"
            case .float: "float64"
            case .time: "time.Time"
            case .sample: "*template.sample"
            case .samples: "template.queryResult"
            }
        }

        func accepts(_ value: TemplateValue) -> Bool {
            switch (self, value) {
            case (.any, _), (.string, .string), (.int, .int), (.float, .float), (.time, .time), (.sample, .sample),
                (.samples, .samples), (.sample, .none), (.samples, .none):
                true
            default: false
            }
        }
    }

    package typealias Plain = @Sendable ([TemplateValue]) throws(TemplateError) -> TemplateValue
    package typealias Waiting = @Sendable ([TemplateValue]) async throws(TemplateError) -> TemplateValue

    enum Body: Sendable {
        case plain(Plain)
        case waiting(Waiting)
        /// What the run was given at that place, the same for all of it.
        case context(Int)
        /// Arguments are evaluated one by one until the result is known.
        case and, or
    }

    let parameters: [Parameter]
    /// Of any number of further arguments.
    let rest: Parameter?
    let body: Body

    package init(_ parameters: Parameter..., rest: Parameter? = nil, call: @escaping Plain) {
        self.parameters = parameters
        self.rest = rest
        body = .plain(call)
    }

    /// A function that has to wait for its answer.
    package init(_ parameters: Parameter..., waiting call: @escaping Waiting) {
        self.parameters = parameters
        rest = nil
        body = .waiting(call)
    }

    /// A function without parameters, whose result each run is given in its context.
    package init(context place: Int) {
        parameters = []
        rest = nil
        body = .context(place)
    }

    init(_ body: Body) {
        parameters = [.any]
        rest = .any
        self.body = body
    }

    /// - Precondition: the arguments are of the parameters' number and types.
    func callAsFunction(
        _ arguments: [TemplateValue], context: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        switch body {
        case .plain(let call): return try call(arguments)
        case .waiting: throw TemplateError("there is nobody to ask")
        case .context(let place): return place < context.count ? context[place] : .none
        case .and: return arguments.first { !$0.isTrue } ?? arguments.last ?? .none
        case .or: return arguments.first { $0.isTrue } ?? arguments.last ?? .none
        }
    }
}

/// Functions by name.
package typealias TemplateFunctions = [String: TemplateFunction]

extension TemplateFunctions {
    /// Functions of Go's text/template.
    package static let builtin: TemplateFunctions =
        comparison.merging(logic) { first, _ in first }.merging(printing) { first, _ in first }
        .merging(collections) { first, _ in first }

    /// Those of Go, and those of Prometheus that need nothing but their arguments; `query`, `externalURL` and
    /// `pathPrefix` depend on where the template is executed.
    package static let prometheus: TemplateFunctions =
        builtin.merging(numbers) { first, _ in first }.merging(texts) { first, _ in first }
        .merging(results) { first, _ in first }
}
