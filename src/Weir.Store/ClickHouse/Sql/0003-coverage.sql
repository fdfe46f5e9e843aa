-- What collectors heard of exporters, by minute: datagrams, flows, what was lost on the way, how they sampled. No subject
-- stands here. minute is seconds since the UNIX epoch, UTC; addresses are 16 octets in network order.
-- The dialect is ClickHouse 18.16's.

CREATE TABLE IF NOT EXISTS coverage
(
    minute DateTime('UTC'),
    exporter FixedString(16),
    domain UInt32,
    datagrams UInt64,
    flows UInt64,
    lost UInt64,
    sampling UInt32,
    segment UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(minute)
ORDER BY (exporter, domain, minute);
