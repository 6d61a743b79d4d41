package import GRPCCore
package import SwiftProtobuf

/// How this project registers its calls: by hand, without generated stubs.
extension RPCRouter {
    /// One request, one answer.
    package mutating func unary<Input: Message, Output: Message>(
        _ service: String, _ method: String, _ input: Input.Type, _ output: Output.Type,
        _ answer: @escaping @Sendable (Input) async throws -> Output
    ) {
        registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: service, method: method),
            deserializer: ProtobufCoder<Input>(), serializer: ProtobufCoder<Output>()
        ) { request, context in
            let input = try await ServerRequest(stream: request).message
            let output = try await whileCallLasts(context) { try await answer(input) }
            return StreamingServerResponse(single: ServerResponse(message: output))
        }
    }

    /// One request, any number of answers; `write` returns when the client has room for more.
    package mutating func streaming<Input: Message, Output: Message>(
        _ service: String, _ method: String, _ input: Input.Type, _ output: Output.Type,
        _ answer:
            @escaping @Sendable (Input, _ write: @escaping @Sendable (Output) async throws -> Void) async throws
            -> Void
    ) {
        registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: service, method: method),
            deserializer: ProtobufCoder<Input>(), serializer: ProtobufCoder<Output>()
        ) { request, context in
            let input = try await ServerRequest(stream: request).message
            return StreamingServerResponse { writer in
                try await whileCallLasts(context) {
                    try await answer(input) { try await writer.write($0) }
                }
                return [:]
            }
        }
    }
}

/// Cancels the task of `work` when the client goes away, its deadline passes or the server stops: the transport only
/// tells. Only in the last case is there somebody to read the status.
private func whileCallLasts<Success: Sendable>(
    _ context: ServerContext, _ work: @escaping @Sendable () async throws -> Success
) async throws -> Success {
    try await withThrowingTaskGroup(of: Success?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await context.cancellation.cancelled
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let success = first else {
            throw RPCError(code: .unavailable, message: "the call was cut off")
        }
        return success
    }
}
