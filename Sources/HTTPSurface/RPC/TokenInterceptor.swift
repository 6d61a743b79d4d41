package import GRPCCore

/// Demands the token of an `AccessRule` of every call. The rule's hosts and origins are about web pages, which do not
/// speak gRPC.
package struct TokenInterceptor: ServerInterceptor {
    private let rule: AccessRule

    /// Nil when the rule demands no token.
    package init?(_ rule: AccessRule) {
        guard rule.token != nil else { return nil }
        self.rule = rule
    }

    package func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let authorization = request.metadata[stringValues: "authorization"].first { _ in true }
        if let refusal = rule.refusal(host: nil, origin: nil, authorization: authorization) {
            throw RPCError(code: .unauthenticated, message: refusal.message)
        }
        return try await next(request, context)
    }
}

/// Runs what a surface wants done before it answers.
struct BeforeCall: ServerInterceptor {
    let action: @Sendable () async -> Void

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        await action()
        return try await next(request, context)
    }
}
