CREATE TABLE IF NOT EXISTS `telemetry`.`spans`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the span',
    `duration` Int64 CODEC(T64, ZSTD(1)) COMMENT 'end minus start in ns; negative after a clock step',
    `trace_id` FixedString(16) CODEC(ZSTD(1)) COMMENT '16 bytes; lower(hex(trace_id)) is the usual text',
    `span_id` FixedString(8) CODEC(ZSTD(1)) COMMENT '8 bytes',
    `parent_span_id` FixedString(8) CODEC(ZSTD(1)) COMMENT '8 bytes, all zero for a root',
    `trace_state` String CODEC(ZSTD(1)) COMMENT 'W3C tracestate',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'W3C trace flags and is_remote bits',
    `service` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'service.name of the resource',
    `name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name of the operation',
    `kind` Int32 CODEC(T64, ZSTD(1)) COMMENT '0 unset 1 internal 2 server 3 client 4 producer 5 consumer',
    `status_code` Int32 CODEC(T64, ZSTD(1)) COMMENT '0 unset, 1 ok, 2 error',
    `status_message` String CODEC(ZSTD(1)) COMMENT 'text of the status',
    `resource_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in resources',
    `scope_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in scopes',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    `event_times` Array(DateTime64(9, 'UTC')) CODEC(ZSTD(1)) COMMENT 'time of each event',
    `event_names` Array(LowCardinality(String)) CODEC(ZSTD(1)) COMMENT 'name of each event',
    `event_attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)) COMMENT 'attributes of each event as text',
    `event_attribute_types` Array(LowCardinality(String)) CODEC(ZSTD(1)) COMMENT 'types of each event''s attributes',
    `event_dropped_attributes` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'attributes the sender dropped from each event',
    `dropped_events` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'events the sender dropped',
    `link_trace_ids` Array(FixedString(16)) CODEC(ZSTD(1)) COMMENT 'trace of each link',
    `link_span_ids` Array(FixedString(8)) CODEC(ZSTD(1)) COMMENT 'span of each link',
    `link_trace_states` Array(String) CODEC(ZSTD(1)) COMMENT 'tracestate of each link',
    `link_flags` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'flags of each link',
    `link_attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)) COMMENT 'attributes of each link as text',
    `link_attribute_types` Array(LowCardinality(String)) CODEC(ZSTD(1)) COMMENT 'types of each link''s attributes',
    `link_dropped_attributes` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'attributes the sender dropped from each link',
    `dropped_links` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'links the sender dropped',
    INDEX `trace_ids` trace_id TYPE bloom_filter(0.0001) GRANULARITY 1,
    INDEX `attribute_values` mapValues(attributes) TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX `span_end` toUnixTimestamp64Nano(start_time) + greatest(duration, 0) TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY start_time
SETTINGS index_granularity = 4096, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`logs`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the record, else observed, else arrival',
    `observed_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'when the collector saw it',
    `trace_id` FixedString(16) CODEC(ZSTD(1)) COMMENT '16 bytes, all zero for none',
    `span_id` FixedString(8) CODEC(ZSTD(1)) COMMENT '8 bytes, all zero for none',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'W3C trace flags',
    `service` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'service.name of the resource',
    `severity_number` Int32 CODEC(T64, ZSTD(1)) COMMENT '1-4 trace 5 debug 9 info 13 warn 17 error 21 fatal',
    `severity_text` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'the level as the source names it',
    `detected_level` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'of the severity, or of what attributes or text say: unknown trace debug info warn error critical fatal',
    `body` String CODEC(LZ4) COMMENT 'text, or JSON of a structured body',
    `body_type` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter as in attribute_types',
    `event_name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name of the event',
    `resource_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in resources',
    `scope_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in scopes',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    INDEX `trace` trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX `words` lower(translate(body, '0123456789', '          ')) TYPE text(tokenizer = splitByNonAlpha) GRANULARITY 1,
    INDEX `attribute_values` mapValues(attributes) TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY time
SETTINGS index_granularity = 2048, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`resources`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `id` UInt64 CODEC(ZSTD(1)) COMMENT 'hash of all below',
    `service` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'service.name',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    `schema_url` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'schema of the resource',
    `entity_refs` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'entity references as JSON, else empty'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY id
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`scopes`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `id` UInt64 CODEC(ZSTD(1)) COMMENT 'hash of all below',
    `name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name of the instrumentation scope',
    `version` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'version of the scope',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    `schema_url` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'schema of the scope''s data'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY id
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_series`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `id` UInt64 CODEC(ZSTD(1)) COMMENT 'hash of all that tells one series from another',
    `form` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'otlp; prometheus, prometheus_native: name and labels as they are; target: target_info',
    `name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name as sent',
    `type` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'gauge sum histogram exponential_histogram summary; of prometheus the type in an exposition',
    `unit` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'UCUM unit',
    `description` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'text for people',
    `temporality` Int32 CODEC(T64, ZSTD(1)) COMMENT '0 unspecified, 1 delta, 2 cumulative',
    `is_monotonic` UInt8 CODEC(T64, ZSTD(1)) COMMENT '1 for a sum that only grows',
    `service` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'service.name of the resource',
    `resource_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in resources',
    `scope_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in scopes',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `metadata` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'metadata of the metric as text'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY (name, id)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_samples`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series',
    `hour` Int32 CODEC(T64, ZSTD(1)) COMMENT 'hours from 1970 to time',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the point',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the interval, 1970 when not sent',
    `value` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'the value; NaN when the point has none',
    `int_value` Int64 CODEC(T64, ZSTD(1)) COMMENT 'the exact value of an integer point',
    `value_kind` UInt8 CODEC(T64, ZSTD(1)) COMMENT '0 none, 1 double, 2 integer',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT '1: no recorded value',
    `total` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'delta series: sum of all values so far, -0 for a sum of 0, NaN when later points came before; else +0'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (hour, series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_histograms`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series',
    `hour` Int32 CODEC(T64, ZSTD(1)) COMMENT 'hours from 1970 to time',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the point',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the interval',
    `count` UInt64 CODEC(T64, ZSTD(1)) COMMENT 'number of values',
    `sum` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'sum of the values',
    `min` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'least value',
    `max` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'greatest value',
    `presence` UInt8 CODEC(T64, ZSTD(1)) COMMENT 'bits: 1 sum, 2 min, 4 max were sent',
    `bounds` Array(Float64) CODEC(ZSTD(1)) COMMENT 'upper bounds, the last bucket has none',
    `bucket_counts` Array(UInt64) CODEC(ZSTD(1)) COMMENT 'values in each bucket',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT '1: no recorded value',
    `total_count` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'delta series: all values so far, -0 for none, NaN when later points came before; else +0',
    `total_sum` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'delta series: sum of all values so far',
    `total_bucket_counts` Array(UInt64) CODEC(ZSTD(1)) COMMENT 'delta series: all values so far in each bucket'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (hour, series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_exponential_histograms`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series',
    `hour` Int32 CODEC(T64, ZSTD(1)) COMMENT 'hours from 1970 to time',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the point',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the interval',
    `count` UInt64 CODEC(T64, ZSTD(1)) COMMENT 'number of values',
    `sum` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'sum of the values',
    `min` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'least value',
    `max` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'greatest value',
    `presence` UInt8 CODEC(T64, ZSTD(1)) COMMENT 'bits: 1 sum, 2 min, 4 max were sent',
    `scale` Int32 CODEC(T64, ZSTD(1)) COMMENT 'base is 2^(2^-scale)',
    `zero_count` UInt64 CODEC(T64, ZSTD(1)) COMMENT 'values within the zero threshold',
    `zero_threshold` Float64 CODEC(ZSTD(1)) COMMENT 'width of the zero bucket',
    `positive_offset` Int32 CODEC(T64, ZSTD(1)) COMMENT 'index of the first positive bucket',
    `positive_counts` Array(UInt64) CODEC(ZSTD(1)) COMMENT 'values in each positive bucket',
    `negative_offset` Int32 CODEC(T64, ZSTD(1)) COMMENT 'index of the first negative bucket',
    `negative_counts` Array(UInt64) CODEC(ZSTD(1)) COMMENT 'values in each negative bucket',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT '1: no recorded value'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (hour, series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_summaries`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the point',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the interval',
    `count` UInt64 CODEC(T64, ZSTD(1)) COMMENT 'number of values',
    `sum` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'sum of the values',
    `quantiles` Array(Float64) CODEC(ZSTD(1)) COMMENT 'quantiles, 0 to 1',
    `quantile_values` Array(Float64) CODEC(ZSTD(1)) COMMENT 'value at each quantile',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT '1: no recorded value'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_exemplars`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'when it was recorded',
    `point_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the point it came with',
    `value` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'the value; NaN when there is none',
    `int_value` Int64 CODEC(T64, ZSTD(1)) COMMENT 'the exact value of an integer exemplar',
    `value_kind` UInt8 CODEC(T64, ZSTD(1)) COMMENT '0 none, 1 double, 2 integer',
    `trace_id` FixedString(16) CODEC(ZSTD(1)) COMMENT '16 bytes, all zero for none',
    `span_id` FixedString(8) CODEC(ZSTD(1)) COMMENT '8 bytes, all zero for none',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_native_histograms`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series',
    `hour` Int32 CODEC(T64, ZSTD(1)) COMMENT 'hours from 1970 to time',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'time of the point',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the counting',
    `count` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'number of values',
    `sum` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'sum of the values; a stale marker ends the series',
    `schema` Int32 CODEC(T64, ZSTD(1)) COMMENT '-4 to 8, base is 2^(2^-schema); -53 custom bounds',
    `zero_threshold` Float64 CODEC(ZSTD(1)) COMMENT 'width of the zero bucket',
    `zero_count` Float64 CODEC(Gorilla, ZSTD(1)) COMMENT 'values in the zero bucket',
    `counter_reset` UInt8 CODEC(T64, ZSTD(1)) COMMENT '0 unknown, 1 reset, 2 none, 3 gauge',
    `positive_offsets` Array(Int32) CODEC(ZSTD(1)) COMMENT 'gap before each span',
    `positive_lengths` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'buckets of each span',
    `positive_counts` Array(Float64) CODEC(ZSTD(1)) COMMENT 'values in each bucket',
    `negative_offsets` Array(Int32) CODEC(ZSTD(1)) COMMENT 'gap before each span',
    `negative_lengths` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'buckets of each span',
    `negative_counts` Array(Float64) CODEC(ZSTD(1)) COMMENT 'values in each bucket',
    `custom_bounds` Array(Float64) CODEC(ZSTD(1)) COMMENT 'upper bounds of schema -53'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (hour, series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_metadata`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name of a metric family',
    `type` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'type of an exposition',
    `unit` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'unit',
    `description` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'text for people'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY (name, type, unit, description)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`metric_targets`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `series_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in metric_series, of the form target',
    `hour` Int32 CODEC(T64, ZSTD(1)) COMMENT 'hours from 1970 to time',
    `time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'when the resource sent metrics, once a minute'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (hour, series_id, time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`attribute_keys`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `place` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'span, event, link, log, resource or scope',
    `key` String CODEC(ZSTD(1)) COMMENT 'name of an attribute',
    `is_array` UInt8 CODEC(T64, ZSTD(1)) COMMENT '1 when a value was an array'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY (place, key, is_array)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`archived_spans`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `start_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'start of the span',
    `duration` Int64 CODEC(T64, ZSTD(1)) COMMENT 'end minus start in ns; negative after a clock step',
    `trace_id` FixedString(16) CODEC(ZSTD(1)) COMMENT '16 bytes; lower(hex(trace_id)) is the usual text',
    `span_id` FixedString(8) CODEC(ZSTD(1)) COMMENT '8 bytes',
    `parent_span_id` FixedString(8) CODEC(ZSTD(1)) COMMENT '8 bytes, all zero for a root',
    `trace_state` String CODEC(ZSTD(1)) COMMENT 'W3C tracestate',
    `flags` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'W3C trace flags and is_remote bits',
    `service` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'service.name of the resource',
    `name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name of the operation',
    `kind` Int32 CODEC(T64, ZSTD(1)) COMMENT '0 unset 1 internal 2 server 3 client 4 producer 5 consumer',
    `status_code` Int32 CODEC(T64, ZSTD(1)) COMMENT '0 unset, 1 ok, 2 error',
    `status_message` String CODEC(ZSTD(1)) COMMENT 'text of the status',
    `resource_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in resources',
    `scope_id` UInt64 CODEC(ZSTD(1)) COMMENT 'id in scopes',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    `event_times` Array(DateTime64(9, 'UTC')) CODEC(ZSTD(1)) COMMENT 'time of each event',
    `event_names` Array(LowCardinality(String)) CODEC(ZSTD(1)) COMMENT 'name of each event',
    `event_attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)) COMMENT 'attributes of each event as text',
    `event_attribute_types` Array(LowCardinality(String)) CODEC(ZSTD(1)) COMMENT 'types of each event''s attributes',
    `event_dropped_attributes` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'attributes the sender dropped from each event',
    `dropped_events` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'events the sender dropped',
    `link_trace_ids` Array(FixedString(16)) CODEC(ZSTD(1)) COMMENT 'trace of each link',
    `link_span_ids` Array(FixedString(8)) CODEC(ZSTD(1)) COMMENT 'span of each link',
    `link_trace_states` Array(String) CODEC(ZSTD(1)) COMMENT 'tracestate of each link',
    `link_flags` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'flags of each link',
    `link_attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)) COMMENT 'attributes of each link as text',
    `link_attribute_types` Array(LowCardinality(String)) CODEC(ZSTD(1)) COMMENT 'types of each link''s attributes',
    `link_dropped_attributes` Array(UInt32) CODEC(ZSTD(1)) COMMENT 'attributes the sender dropped from each link',
    `dropped_links` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'links the sender dropped'
)
ENGINE = MergeTree
PARTITION BY toDate(received_time)
ORDER BY (trace_id, start_time)
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`archived_resources`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `id` UInt64 CODEC(ZSTD(1)) COMMENT 'hash of all below',
    `service` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'service.name',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    `schema_url` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'schema of the resource',
    `entity_refs` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'entity references as JSON, else empty'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY id
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `telemetry`.`archived_scopes`
(
    `received_time` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)) COMMENT 'arrival; partitions and retention go by it',
    `id` UInt64 CODEC(ZSTD(1)) COMMENT 'hash of all below',
    `name` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'name of the instrumentation scope',
    `version` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'version of the scope',
    `attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)) COMMENT 'every attribute as text',
    `attribute_types` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested',
    `attribute_numbers` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)) COMMENT 'the int and double attributes as numbers',
    `dropped_attributes` UInt32 CODEC(T64, ZSTD(1)) COMMENT 'attributes the sender dropped',
    `schema_url` LowCardinality(String) CODEC(ZSTD(1)) COMMENT 'schema of the scope''s data'
)
ENGINE = ReplacingMergeTree(received_time)
PARTITION BY toDate(received_time)
ORDER BY id
SETTINGS index_granularity = 8192, min_parts_to_merge_at_once = 16, vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE VIEW IF NOT EXISTS `telemetry`.`operations` AS
SELECT service, name, kind, count() AS spans, countIf(status_code = 2) AS errors, sum(duration) AS total,
    quantile(0.5)(duration) AS p50, quantile(0.95)(duration) AS p95, quantile(0.99)(duration) AS p99,
    max(duration) AS max
FROM `telemetry`.spans GROUP BY service, name, kind
COMMENT 'rate, errors and duration of each operation; durations in ns';

CREATE VIEW IF NOT EXISTS `telemetry`.`span_statements` AS
SELECT trace_id, span_id, parent_span_id, start_time, duration, service, name, status_code,
    multiIf(mapContains(attributes, 'db.query.text'), attributes['db.query.text'], mapContains(attributes, 'db.statement'), attributes['db.statement'], attributes['rql']) AS text, normalizeQuery(text) AS statement,
    normalizedQueryHash(text) AS statement_hash
FROM `telemetry`.spans
WHERE mapContains(attributes, 'db.query.text') OR mapContains(attributes, 'db.statement')
    OR mapContains(attributes, 'rql')
COMMENT 'a row for each span that has a statement: its fingerprint, literals masked';

CREATE VIEW IF NOT EXISTS `telemetry`.`statements` AS
SELECT statement, service, count() AS executions, countIf(status_code = 2) AS errors,
    sum(duration) AS total, quantile(0.5)(duration) AS p50, quantile(0.95)(duration) AS p95,
    quantile(0.99)(duration) AS p99, max(duration) AS max, any(text) AS sample
FROM `telemetry`.span_statements GROUP BY statement, service
COMMENT 'counts and durations by fingerprint; durations in ns';

CREATE VIEW IF NOT EXISTS `telemetry`.`repeated_statements` AS
SELECT trace_id, parent_span_id, service, statement, count() AS executions, sum(duration) AS total,
    min(start_time) AS first_time
FROM `telemetry`.span_statements
GROUP BY trace_id, parent_span_id, service, statement HAVING executions >= 5
COMMENT 'a statement that one span has executed five times or more';

CREATE VIEW IF NOT EXISTS `telemetry`.`span_self_times` AS
SELECT spans.trace_id AS trace_id, spans.span_id AS span_id, spans.start_time AS start_time,
    spans.service AS service, spans.name AS name, spans.duration AS duration,
    toUnixTimestamp64Nano(spans.start_time) AS start_ns, start_ns + spans.duration AS end_ns,
    spans.duration - arrayFold((covered, child) -> (covered.1 + greatest(toInt64(0), least(child.2, end_ns) - greatest(child.1, covered.2)), greatest(covered.2, least(child.2, end_ns))), children.intervals, (toInt64(0), start_ns)).1 AS self_time
FROM `telemetry`.spans AS spans
LEFT JOIN
(
    SELECT trace_id, parent_span_id, arraySort(groupArray((toUnixTimestamp64Nano(start_time),
        toUnixTimestamp64Nano(start_time) + duration))) AS intervals
    FROM `telemetry`.spans GROUP BY trace_id, parent_span_id
) AS children ON spans.trace_id = children.trace_id AND spans.span_id = children.parent_span_id
COMMENT 'a row for each span: how long it worked itself, in ns';

CREATE VIEW IF NOT EXISTS `telemetry`.`operation_self_times` AS
SELECT service, name, count() AS spans, sum(duration) AS total, sum(self_time) AS self_total
FROM `telemetry`.span_self_times GROUP BY service, name
COMMENT 'how long each operation worked itself; durations in ns';

CREATE VIEW IF NOT EXISTS `telemetry`.`service_calls` AS
SELECT parent.service AS client, child.service AS server, child.trace_id AS trace_id,
    child.span_id AS span_id, child.start_time AS start_time, child.duration AS duration,
    child.status_code AS status_code
FROM `telemetry`.spans AS child
INNER JOIN (SELECT trace_id, span_id, service FROM `telemetry`.spans) AS parent
    ON child.trace_id = parent.trace_id AND child.parent_span_id = parent.span_id
WHERE child.service != parent.service
COMMENT 'a row for each span whose parent is of another service';
