import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection some time after an answer with `Connection: close`, whatever the client still sends.
///
/// A client that was refused early (too large, too slow) may go on sending for ever; until the time is over what it
/// sends is thrown away by the layer above.
final class LingeringClose: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart

    private let timeLimit: TimeAmount
    private var isClosing = false

    init(timeLimit: Duration) {
        self.timeLimit = .nanoseconds(timeLimit.nanoseconds)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isClosing = head.headerFields[.connection] == "close"
        case .end where isClosing:
            let channel = context.channel
            context.eventLoop.scheduleTask(in: timeLimit) {
                channel.close(promise: nil)
            }
        case .body, .end: break
        }
        context.write(data, promise: promise)
    }
}
