import QueryEngines

extension TempoAPI {
    func search(_ form: TempoForm) async throws -> TempoAnswer {
        let request = try TempoSearchParameters(form).request()
        let result = try await dependencies.queries.search(request) { _ in }
        return .json(TempoSearchAnswer.json(result))
    }

    func tagNames(_ form: TempoForm) async throws -> TempoAnswer {
        .json(TempoTagAnswer.names(try await dependencies.bareTagNames(try TempoTagNamesParameters(form).request())))
    }

    func scopedTagNames(_ form: TempoForm) async throws -> TempoAnswer {
        .json(TempoTagAnswer.scopes(try await dependencies.tagNames(try TempoTagNamesParameters(form).request())))
    }

    func tagValues(_ name: String, _ form: TempoForm) async throws -> TempoAnswer {
        .json(TempoTagAnswer.values(try await dependencies.bareTagValues(TempoTagValuesParameters(name: name, form))))
    }

    func typedTagValues(_ name: String, _ form: TempoForm) async throws -> TempoAnswer {
        .json(
            TempoTagAnswer.typedValues(
                try await dependencies.typedTagValues(TempoTagValuesParameters(name: name, form))))
    }
}
