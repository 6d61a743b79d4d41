/// An event or a service check of DogStatsD: something that happened, not a metric.
package struct StatsDLogRecord: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case event(Event)
        case serviceCheck(CheckStatus)
    }

    package struct Event: Hashable, Sendable {
        package enum Alert: String, Sendable { case error, warning, info, success }

        package var alert = Alert.info
        /// `normal` or `low`, as sent; empty when not sent.
        package var priority = ""
        package var aggregationKey = ""
        package var sourceType = ""

        package init(
            alert: Alert = .info, priority: String = "", aggregationKey: String = "", sourceType: String = ""
        ) {
            self.alert = alert
            self.priority = priority
            self.aggregationKey = aggregationKey
            self.sourceType = sourceType
        }
    }

    package enum CheckStatus: UInt8, Sendable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3
    }

    package struct Tag: Hashable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package var kind: Kind
    /// An event's title, or the name of the check.
    package var title: String
    /// An event's text, or the message of the check; lines are separated by `\n`.
    package var text: String
    package var host: String
    /// In the order of the line.
    package var tags: [Tag]
    /// Of the field `c:`.
    package var container: String
    /// Milliseconds since the Unix epoch, as the sender says; nil when it does not.
    package var time: Int64?
    /// Milliseconds since the Unix epoch.
    package var receivedTime: Int64

    package init(
        kind: Kind, title: String, text: String = "", host: String = "", tags: [Tag] = [], container: String = "",
        time: Int64? = nil, receivedTime: Int64 = 0
    ) {
        self.kind = kind
        self.title = title
        self.text = text
        self.host = host
        self.tags = tags
        self.container = container
        self.time = time
        self.receivedTime = receivedTime
    }
}
