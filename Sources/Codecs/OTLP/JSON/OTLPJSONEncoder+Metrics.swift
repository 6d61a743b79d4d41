import OTLPMessages

// Messages of metrics.proto.

extension OTLPJSONEncoder {
    mutating func write(_ resourceMetrics: OTLPResourceMetrics) {
        object {
            $0.message("resource", resourceMetrics.hasResource ? resourceMetrics.resource : nil) { $0.write($1) }
            $0.list("scopeMetrics", resourceMetrics.scopeMetrics) { $0.write($1) }
            $0.string("schemaUrl", resourceMetrics.schemaURL)
        }
    }

    private mutating func write(_ scopeMetrics: OTLPScopeMetrics) {
        object {
            $0.message("scope", scopeMetrics.hasScope ? scopeMetrics.scope : nil) { $0.write($1) }
            $0.list("metrics", scopeMetrics.metrics) { $0.write($1) }
            $0.string("schemaUrl", scopeMetrics.schemaURL)
        }
    }

    private mutating func write(_ metric: OTLPMetric) {
        object { encoder in
            encoder.string("name", metric.name)
            encoder.string("description", metric.description_p)
            encoder.string("unit", metric.unit)
            switch metric.data {
            case .gauge(let gauge): encoder.message("gauge", gauge) { $0.write($1) }
            case .sum(let sum): encoder.message("sum", sum) { $0.write($1) }
            case .histogram(let histogram): encoder.message("histogram", histogram) { $0.write($1) }
            case .exponentialHistogram(let histogram):
                encoder.message("exponentialHistogram", histogram) { $0.write($1) }
            case .summary(let summary): encoder.message("summary", summary) { $0.write($1) }
            case nil: break
            }
            encoder.attributes("metadata", metric.metadata)
        }
    }

    // MARK: Kinds of metrics

    private mutating func write(_ gauge: OTLPGauge) {
        object { $0.list("dataPoints", gauge.dataPoints) { $0.write($1) } }
    }

    private mutating func write(_ sum: OTLPSum) {
        object {
            $0.list("dataPoints", sum.dataPoints) { $0.write($1) }
            $0.enumeration("aggregationTemporality", sum.aggregationTemporality)
            $0.bool("isMonotonic", sum.isMonotonic)
        }
    }

    private mutating func write(_ histogram: OTLPHistogram) {
        object {
            $0.list("dataPoints", histogram.dataPoints) { $0.write($1) }
            $0.enumeration("aggregationTemporality", histogram.aggregationTemporality)
        }
    }

    private mutating func write(_ histogram: OTLPExponentialHistogram) {
        object {
            $0.list("dataPoints", histogram.dataPoints) { $0.write($1) }
            $0.enumeration("aggregationTemporality", histogram.aggregationTemporality)
        }
    }

    private mutating func write(_ summary: OTLPSummary) {
        object { $0.list("dataPoints", summary.dataPoints) { $0.write($1) } }
    }

    // MARK: Data points

    private mutating func write(_ point: OTLPNumberDataPoint) {
        object { encoder in
            encoder.attributes("attributes", point.attributes)
            encoder.uint64("startTimeUnixNano", point.startTimeUnixNano)
            encoder.uint64("timeUnixNano", point.timeUnixNano)
            switch point.value {
            case .asDouble(let double): encoder.optionalDouble("asDouble", double)
            case .asInt(let integer):
                encoder.writer.key("asInt")
                encoder.writer.quotedInteger(integer)
            case nil: break
            }
            encoder.list("exemplars", point.exemplars) { $0.write($1) }
            encoder.uint32("flags", point.flags)
        }
    }

    private mutating func write(_ point: OTLPHistogramDataPoint) {
        object {
            $0.attributes("attributes", point.attributes)
            $0.uint64("startTimeUnixNano", point.startTimeUnixNano)
            $0.uint64("timeUnixNano", point.timeUnixNano)
            $0.uint64("count", point.count)
            $0.optionalDouble("sum", point.hasSum ? point.sum : nil)
            $0.list("bucketCounts", point.bucketCounts) { $0.writer.quotedInteger($1) }
            $0.list("explicitBounds", point.explicitBounds) { $0.writer.double($1) }
            $0.list("exemplars", point.exemplars) { $0.write($1) }
            $0.uint32("flags", point.flags)
            $0.optionalDouble("min", point.hasMin ? point.min : nil)
            $0.optionalDouble("max", point.hasMax ? point.max : nil)
        }
    }

    private mutating func write(_ point: OTLPExponentialHistogramDataPoint) {
        object {
            $0.attributes("attributes", point.attributes)
            $0.uint64("startTimeUnixNano", point.startTimeUnixNano)
            $0.uint64("timeUnixNano", point.timeUnixNano)
            $0.uint64("count", point.count)
            $0.optionalDouble("sum", point.hasSum ? point.sum : nil)
            $0.int32("scale", point.scale)
            $0.uint64("zeroCount", point.zeroCount)
            $0.message("positive", point.hasPositive ? point.positive : nil) { $0.write($1) }
            $0.message("negative", point.hasNegative ? point.negative : nil) { $0.write($1) }
            $0.uint32("flags", point.flags)
            $0.list("exemplars", point.exemplars) { $0.write($1) }
            $0.optionalDouble("min", point.hasMin ? point.min : nil)
            $0.optionalDouble("max", point.hasMax ? point.max : nil)
            $0.double("zeroThreshold", point.zeroThreshold)
        }
    }

    private mutating func write(_ buckets: OTLPExponentialHistogramDataPoint.Buckets) {
        object {
            $0.int32("offset", buckets.offset)
            $0.list("bucketCounts", buckets.bucketCounts) { $0.writer.quotedInteger($1) }
        }
    }

    private mutating func write(_ point: OTLPSummaryDataPoint) {
        object {
            $0.attributes("attributes", point.attributes)
            $0.uint64("startTimeUnixNano", point.startTimeUnixNano)
            $0.uint64("timeUnixNano", point.timeUnixNano)
            $0.uint64("count", point.count)
            $0.double("sum", point.sum)
            $0.list("quantileValues", point.quantileValues) { $0.write($1) }
            $0.uint32("flags", point.flags)
        }
    }

    private mutating func write(_ quantile: OTLPSummaryDataPoint.ValueAtQuantile) {
        object {
            $0.double("quantile", quantile.quantile)
            $0.double("value", quantile.value)
        }
    }

    private mutating func write(_ exemplar: OTLPExemplar) {
        object { encoder in
            encoder.attributes("filteredAttributes", exemplar.filteredAttributes)
            encoder.uint64("timeUnixNano", exemplar.timeUnixNano)
            switch exemplar.value {
            case .asDouble(let double): encoder.optionalDouble("asDouble", double)
            case .asInt(let integer):
                encoder.writer.key("asInt")
                encoder.writer.quotedInteger(integer)
            case nil: break
            }
            encoder.identifier("spanId", exemplar.spanID)
            encoder.identifier("traceId", exemplar.traceID)
        }
    }
}
